"""SipHash-2-4 (Aumasson and Bernstein 2012), a keyed hash for short messages, as native code over columns."""

import numpy as np
from numba import njit, uint64

from muniment.core.twins.kernel import Array

_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def key_of(secret: bytes) -> Array:
    """The two words of a key, from the first 16 bytes of a secret."""
    return np.frombuffer(secret[:16], "<u8").astype(np.uint64)


@njit(cache=True, inline="always")
def _left(word, bits):
    return (word << uint64(bits)) | (word >> uint64(64 - bits))


@njit(cache=True)
def _rounds(a, b, c, d, count):
    for _ in range(count):
        a, c = a + b, c + d
        b, d = _left(b, 13) ^ a, _left(d, 16) ^ c
        a = _left(a, 32)
        c, a = c + b, a + d
        b, d = _left(b, 17) ^ c, _left(d, 21) ^ a
        c = _left(c, 32)
    return a, b, c, d


@njit(cache=True)
def siphash(key, first, last):
    """Hash (uint64) of a message of 8 to 15 bytes: its first eight, and the others with the length in the highest byte."""
    a, b = key[0] ^ uint64(_START[0]), key[1] ^ uint64(_START[1])
    c, d = key[0] ^ uint64(_START[2]), key[1] ^ uint64(_START[3])
    for word in (first, last):
        a, b, c, d = _rounds(a, b, c, d ^ word, 2)
        a ^= word
    a, b, c, d = _rounds(a, b, c ^ uint64(0xFF), d, 4)
    return a ^ b ^ c ^ d
