"""Which texts resemble erased ones: keyed hashes of the bands of their sketches, 25 of 5 positions of 16 bits.

The sketch of an erased text would still say how close any other text is to it. Its bands under a secret key say so only to who has the
key, and only whether whole bands are equal: with Jaccard similarity J each is with probability J to the power of 5.
"""

from collections.abc import Mapping

import numpy as np
from numba import njit, uint64

from muniment.core.resemblance.search import first
from muniment.core.resemblance.siphash import siphash
from muniment.core.twins.bands import BANDS, ROWS
from muniment.core.twins.kernel import Array

LEAST = 2  # bands that must agree for a resemblance to be noted at all: one can agree by a shared paragraph
TOKENS = 20  # a shorter text has too few shingles to be told from others of its form
_GROUP = 256  # of equal keys as many are looked at: enough to meet the same row in each band


@njit(cache=True, nogil=True)
def keyed(sketches, key):
    """Keyed hashes (n, 25) uint32 of the bands of n sketches (n, 128) uint16."""
    made = np.empty((len(sketches), BANDS), np.uint32)
    for row in range(len(sketches)):
        for band in range(BANDS):
            at = sketches[row, band * ROWS : (band + 1) * ROWS].astype(np.uint64)
            first = uint64(band) | at[0] << uint64(8) | at[1] << uint64(24) | at[2] << uint64(40) | at[3] << uint64(56)
            last = at[3] >> uint64(8) | at[4] << uint64(8) | uint64(11) << uint64(56)
            made[row, band] = np.uint32(siphash(key, first, last) >> uint64(32))
    return made


def sorted_bands(hashes: Array, request: Array) -> dict[str, Array]:
    """Columns of n rows: for each band its hashes, ascending (`keys00`), whose they are (`rows00`), and of each row its `request`."""
    columns: dict[str, Array] = {"request": request.astype(np.uint32)}
    for band in range(BANDS):
        order = np.argsort(hashes[:, band], kind="stable").astype(np.uint32)
        columns |= {f"keys{band:02}": hashes[order, band], f"rows{band:02}": order}
    return columns


def unsorted(columns: Mapping[str, Array]) -> Array:
    """The hashes (n, 25) again, in the order of rows."""
    hashes = np.empty((len(columns["request"]), BANDS), np.uint32)
    for band in range(BANDS):
        hashes[columns[f"rows{band:02}"], band] = columns[f"keys{band:02}"]
    return hashes


def agreeing(hashes: Array, columns: Mapping[str, Array], alive: Array) -> tuple[Array, Array]:
    """For each of n rows of `hashes` the most bands that one held row agrees in, and the request of that row; requests that
    `alive` (bool) does not say count for nothing. 0 and request 0 where none agrees in `LEAST`."""
    keys = tuple(columns[f"keys{band:02}"] for band in range(BANDS))
    rows = tuple(columns[f"rows{band:02}"] for band in range(BANDS))
    return _agreeing(hashes, keys, rows, columns["request"], alive)  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def _agreeing(hashes, keys, rows, request, alive):
    most, whose = np.zeros(len(hashes), np.int32), np.zeros(len(hashes), np.uint32)
    found = np.empty(BANDS * _GROUP, np.uint32)
    for needle in range(len(hashes)):
        end = 0
        for band in range(BANDS):
            held, key = keys[band], hashes[needle, band]
            place, limit = first(held, key, key / 4294967296.0), end + _GROUP
            while place < len(held) and held[place] == key and end < limit:
                row = rows[band][place]
                # A row out of range is damage that no checksum has seen yet: it must not read beyond an array.
                if row < len(request) and request[row] < len(alive) and alive[request[row]]:
                    found[end], end = row, end + 1
                place += 1
        if end >= LEAST:
            found[:end].sort()
            most[needle], whose[needle] = _commonest(found[:end], request)
    return most, whose


@njit(cache=True)
def _commonest(rows, request):
    """How often the commonest of ascending rows is there, and its request; none that is there less than `LEAST` times."""
    most, whose, run = 0, uint64(0), 0
    for place in range(len(rows)):
        run = run + 1 if place and rows[place] == rows[place - 1] else 1
        if run >= LEAST and run > most:
            most, whose = run, request[rows[place]]
    return most, np.uint32(whose)
