"""Which documents of a corpus a newcomer may duplicate: band keys of the corpus, sorted, looked up by its own."""

from collections.abc import Callable, Mapping

import numpy as np
from numba import njit

from muniment.core.twins.bands import BANDS, ROWS, SLACK, agreement
from muniment.core.twins.kernel import SKETCH, Array, band_keys


def banded(sketches: Array) -> dict[str, Array]:
    """For each band the keys of n sketches, ascending (`keys00`, uint32), and whose they are (`rows00`, uint32)."""
    columns: dict[str, Array] = {}
    for band in range(BANDS):
        keys = band_keys(sketches, band, ROWS)
        order = np.argsort(keys, kind="stable").astype(np.uint32)
        columns |= {f"keys{band:02}": keys[order], f"rows{band:02}": order}
    return columns


def partners(
    sketches: Array, held: Mapping[str, Array], alive: Array, level: float, release: Callable[[], None] = lambda: None
) -> Array:
    """Rows of `held` (sorted, each once) that share a band with one of the n sketches and whose estimate reaches the level less the
    slack. `held` has the columns of `banded` and `sketch` (m, 128); `alive` (m, bool) says which rows count. After each band
    memory that was read can be let go by `release`."""
    found = [np.empty(0, np.int64)]
    for band in range(BANDS):
        needles = band_keys(sketches, band, ROWS)
        order = np.argsort(needles)
        floor = int(SKETCH * (level - SLACK))
        keys, rows = held[f"keys{band:02}"], held[f"rows{band:02}"]
        found.append(_look_up(needles, order, sketches, keys, rows, held["sketch"], alive, floor))
        release()
    return np.unique(np.concatenate(found))


@njit(cache=True, nogil=True)
def _look_up(needles, order, sketches, keys, rows, held, alive, floor):
    found, end = np.empty(1024, np.int64), 0
    low = np.int64(0)
    for needle in order:
        key = needles[needle]
        low = _first(keys, key, low)
        place = low
        while place < len(keys) and keys[place] == key:
            row = rows[place]
            # A row out of range is damage that no checksum has seen yet: it must not read beyond an array.
            if row < len(alive) and alive[row] and agreement(sketches[needle], held[row]) >= floor:
                if end == len(found):
                    grown = np.empty(2 * end, np.int64)
                    grown[:end] = found
                    found = grown
                found[end], end = row, end + 1
            place += 1
    return found[:end]


@njit(cache=True, inline="always")
def _first(keys, key, low):
    """First place from `low` on with a key of at least `key`. Keys are hashes, so where one stands can be guessed (interpolation search,
    Peterson 1957); doubling steps from the guess bound a binary search."""
    count = len(keys)
    guess = min(max(np.int64(np.float64(key) / 4294967296.0 * count), low), count)
    step, high = np.int64(64), guess
    while high < count and keys[high] < key:
        low, high, step = high + 1, high + step, step * 2
    high = min(high, count)
    if high == guess:
        while guess > low:
            below = max(guess - step, low)
            if keys[below] < key:
                low = below + 1
                break
            guess, step = below, step * 2
            high = guess
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low
