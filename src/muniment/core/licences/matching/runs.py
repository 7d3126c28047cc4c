"""Hashes of runs of tokens, in constant time a run from running sums (Karp and Rabin 1987), and sets of such hashes to look them up in.

Loops that numba compiles at first use and keeps on disk.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

Array = npt.NDArray[Any]
POWER = np.uint64(0xD6E8FEB86659FD93)


def powers(longest: int) -> Array:
    """`POWER` to the 0 … `longest`."""
    factors = np.full(longest + 1, POWER, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


@njit(cache=True, nogil=True)
def running(tokens):
    """Sums from which `run` reads: one more than there are tokens."""
    sums = np.zeros(len(tokens) + 1, np.uint64)
    for place in range(len(tokens)):
        sums[place + 1] = sums[place] * POWER + tokens[place]
    return sums


@njit(cache=True, inline="always")
def run(sums, factor, first, last):
    """Hash of the tokens first:last, where `factor` is `POWER` to the last - first."""
    return sums[last] - sums[first] * factor


@njit(cache=True, nogil=True)
def runs(sums, factors, first, length):
    """Hash of each run of `length` tokens from `first` on."""
    hashes = np.empty(len(first), np.uint64)
    for place in range(len(first)):
        hashes[place] = run(sums, factors[length[place]], first[place], first[place] + length[place])
    return hashes


def shelves(keys: Array) -> Array:
    """Of sorted distinct hashes, where those begin that share their highest bits: with it `find` looks at one or two of them."""
    bits = max(len(keys).bit_length(), 8)
    heads = (keys >> np.uint64(64 - bits)).astype(np.int64)
    return np.concatenate([[0], np.cumsum(np.bincount(heads, minlength=1 << bits))]).astype(np.int32)


@njit(cache=True, inline="always")
def shift_of(shelf):
    """How many low bits of a hash its shelf leaves out."""
    bits = 0
    while (1 << bits) < len(shelf) - 1:
        bits += 1
    return uint64(64 - bits)


@njit(cache=True, inline="always")
def find(keys, shelf, shift, value):
    """Index of a hash among the keys, or -1."""
    head = value >> shift
    for place in range(shelf[head], shelf[head + uint64(1)]):
        if keys[place] == value:
            return place
    return -1


@njit(cache=True, nogil=True)
def find_all(keys, shelf, values):
    """Index of each hash among the keys, or -1."""
    shift = shift_of(shelf)
    places = np.empty(len(values), np.int32)
    for number in range(len(values)):
        places[number] = find(keys, shelf, shift, values[number])
    return places
