"""Find windows of bytes among very many at once, without looking at every place.

A short window has 16 bytes, a long one 32. A grid of one place in 4 (in 8) is looked at: wherever a window stands, a block of 12 (of 24)
bytes of it begins on the grid within its first 4 (8) places. So a window is known by its 4 (8) blocks, and a block is asked for first in a
bit table, then among all blocks; only then the windows around it are hashed. The hash is multilinear, Σ word·key mod 2^64 with random odd
keys (Lemire and Kaser 2014), so that no step waits for the one before.
"""

import numba
import numpy as np

from muniment.verifiers.residue.word import word

SHORT, LONG = 16, 32  # bytes of a window
BLOCKS = {SHORT: (4, 12), LONG: (8, 24)}  # blocks of a window, bytes of a block
_SLOTS = np.uint64(0x9E3779B97F4A7C15)
_U0, _U1, _U3, _U4, _U7, _U8 = (np.uint64(number) for number in (0, 1, 3, 4, 7, 8))
_U12, _U16, _U20, _U24, _U32 = (np.uint64(number) for number in (12, 16, 20, 24, 32))


@numba.njit(nogil=True, inline="always")
def _there(bits, shift, block):
    place = block >> shift
    return bits[place >> _U3] >> np.uint8(place & _U7) & np.uint8(1)


@numba.njit(cache=True, nogil=True)
def _among(table, hashed):
    mask = np.uint64(len(table) - 1)
    slot = (hashed * _SLOTS) >> _U20 & mask
    while table[slot] != 0:
        if table[slot] == hashed:
            return True
        slot = (slot + _U1) & mask
    return False


@numba.njit(cache=True, nogil=True)
def fill(table, hashes):
    """Put hashes into an open-addressing table whose length is a power of two."""
    mask = np.uint64(len(table) - 1)
    for hashed in hashes:
        slot = (np.uint64(hashed) * _SLOTS) >> _U20 & mask
        while table[slot] != 0 and table[slot] != hashed:
            slot = (slot + _U1) & mask
        table[slot] = hashed


@numba.njit(cache=True, nogil=True)
def count(table, hashes):
    """How many of these are in the table."""
    found = 0
    for hashed in hashes:
        found += _among(table, hashed)
    return found


@numba.njit(cache=True, nogil=True)
def sift(bits, shift, blocks):
    """Set the bit of every block in the table that is asked first."""
    for block in blocks:
        place = (np.uint64(block) << _U32) >> shift
        bits[place >> _U3] |= np.uint8(1) << np.uint8(place & _U7)


@numba.njit(cache=True, nogil=True)
def find_short(octets, size, start, keys, bits, shift, blocks, windows, ends, hashes):
    """Ends (exclusive) and hashes of the windows of 16 bytes in `octets[:size]` that are in the table `windows`, from the grid's place
    `start` on. Stops when the arrays are full; gives (how many, where it stopped)."""
    first, second, found, at, size = keys[0], keys[1], 0, np.uint64(start), np.uint64(size)
    this = word(octets, at) if at + _U12 <= size else _U0
    while at + _U12 <= size:
        following = word(octets, at + _U4)
        block = this * first + (following >> _U32) * second
        if _there(bits, shift, block) and _among(blocks, block >> _U32 | _U1):
            if found + 4 > len(ends):
                return found, np.int64(at)
            found = _windows(octets, size, at, _U4, _U16, keys, windows, ends, hashes, found)
        this = following
        at += _U4
    return found, np.int64(size)


@numba.njit(cache=True, nogil=True)
def find_long(octets, size, start, keys, bits, shift, blocks, windows, ends, hashes):
    """The same for windows of 32 bytes."""
    first, second, third, found, at, size = keys[0], keys[1], keys[2], 0, np.uint64(start), np.uint64(size)
    one = word(octets, at) if at + _U24 <= size else _U0
    two = word(octets, at + _U8) if at + _U24 <= size else _U0
    while at + _U24 <= size:
        three = word(octets, at + _U16)
        block = one * first + two * second + three * third
        if _there(bits, shift, block) and _among(blocks, block >> _U32 | _U1):
            if found + 8 > len(ends):
                return found, np.int64(at)
            found = _windows(octets, size, at, _U8, _U32, keys, windows, ends, hashes, found)
        one, two = two, three
        at += _U8
    return found, np.int64(size)


@numba.njit(cache=True, nogil=True)
def _windows(octets, size, at, step, width, keys, windows, ends, hashes, found):
    """Take the windows that hold the block which begins at `at`."""
    for back in range(min(step, at + _U1)):
        start = at - np.uint64(back)
        if start + width <= size:
            hashed = _U0
            for number in range(width >> _U3):
                hashed += word(octets, start + np.uint64(number) * _U8) * keys[number]
            if _among(windows, hashed):
                ends[found], hashes[found] = np.int64(start + width), hashed
                found += 1
    return found
