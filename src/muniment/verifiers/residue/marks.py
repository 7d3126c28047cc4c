"""Find the first bytes of files inside other bytes."""

from collections.abc import Iterator

import numba
import numpy as np

from muniment.verifiers.residue.parts import Octets

_ROOM = 1 << 14  # marks taken at a time


def marks(content: Octets, magics: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
    """Where one of up to 32 magics begins, by its first three bytes (any third byte when it has two), and which."""
    classes = np.zeros((3, 256), np.uint32)
    for number, magic in enumerate(magics):
        for place in range(3):
            classes[place, magic[place] if place < len(magic) else slice(None)] |= np.uint32(1 << number)
    places, which, start = np.zeros(_ROOM, np.int64), np.zeros(_ROOM, np.uint32), 0
    while start < len(content):
        found, start = _marks(content, start, classes[0], classes[1], classes[2], places, which)
        for place, numbers in zip(places[:found].tolist(), which[:found].tolist(), strict=True):
            yield from ((place, magic) for number, magic in enumerate(magics) if numbers >> number & 1)


@numba.njit(cache=True, nogil=True)
def _marks(raw, start, first, second, third, places, which):
    """Each byte value has a bit for every magic that it can stand in, at each of three places. Stops when the arrays are full; gives (how
    many, where it stopped)."""
    found, one, two = 0, np.uint64(1), np.uint64(2)
    at, end = np.uint64(start), np.uint64(max(len(raw) - 2, 0))
    while at < end:
        both = first[raw[at]] & second[raw[at + one]] & third[raw[at + two]]
        if both:
            if found == len(places):
                return found, np.int64(at)
            places[found], which[found] = at, both
            found += 1
        at += one
    return found, len(raw)
