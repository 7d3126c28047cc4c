"""Find the first bytes of files inside other bytes.

Of the three bytes of a magic, the first two or the last two stand on an even place: pairs on even places are looked at, and no others.
"""

from collections.abc import Iterator
from functools import cache

import numba
import numpy as np

from muniment.verifiers.residue.parts import Array, Octets
from muniment.verifiers.residue.word import word

_ROOM = 1 << 14  # marks taken at a time
_U0, _U1, _U2, _U7, _U8, _U16, _U32, _U48 = (np.uint64(number) for number in (0, 1, 2, 7, 8, 16, 32, 48))
_PAIR = np.uint64(0xFFFF)


def marks(content: Octets, magics: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
    """Where one of up to 32 magics begins, by its first three bytes (any third byte when it has two), and which."""
    tables, start = _tables(magics), 0
    places, which = np.empty(_ROOM, np.int64), np.empty(_ROOM, np.uint32)
    while start < len(content):
        found, start = _marks(content, start, *tables, places, which)
        for place, numbers in zip(places[:found].tolist(), which[:found].tolist(), strict=True):
            yield from ((place, magic) for number, magic in enumerate(magics) if numbers >> number & 1)


@cache
def _tables(magics: tuple[bytes, ...]) -> tuple[Array, Array]:
    """Of every pair of bytes (first | second << 8) whether it can stand on an even place of a magic; of every byte value one bit for each
    magic that it can stand in, at each of its three places."""
    classes = np.zeros((3, 256), np.uint32)
    for number, magic in enumerate(magics):
        for place in range(3):
            classes[place, magic[place] if place < len(magic) else slice(None)] |= np.uint32(1 << number)
    pairs = classes[0] & classes[1, :, None] | classes[1] & classes[2, :, None]
    return (pairs != 0).astype(np.uint8).reshape(-1), classes


@numba.njit(cache=True, nogil=True)
def _marks(raw, start, pairs, classes, places, which):
    """Stops when the arrays are full; gives (how many, where it stopped), which is even."""
    found, at, size = 0, np.uint64(start), np.uint64(len(raw))
    while at < size:
        if at + _U7 < size:
            eight = word(raw, at)
            one, two = pairs[eight & _PAIR], pairs[eight >> _U16 & _PAIR]
            three, four = pairs[eight >> _U32 & _PAIR], pairs[eight >> _U48]
            if not one | two | three | four:
                at += _U8
                continue
        if found + 8 > len(places):
            return found, np.int64(at)
        for place in range(max(at, _U1) - _U1, at + _U7):
            begin = np.uint64(place)
            if begin + _U2 < size:
                both = classes[0, raw[begin]] & classes[1, raw[begin + _U1]] & classes[2, raw[begin + _U2]]
                if both:
                    places[found], which[found] = begin, both
                    found += 1
        at += _U8
    return found, len(raw)
