"""Texts as arrays of hashed tokens: the one tokeniser of every detector that compares texts.

One loop over the UTF-8 of a whole column, which numba compiles at first use and keeps on disk: runs of word characters become tokens,
and a token is the 64-bit polynomial hash of its folded characters (Karp and Rabin 1987), mixed with the finaliser of SplitMix64. Equal
tokens have equal hashes everywhere, whatever the platform, process or row order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

Array = npt.NDArray[Any]
SEPARATOR, WORD, SINGLE = 0, 1, 2
_BASE = np.uint64(0x9E3779B97F4A7C15)
_GRAM_BASE = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Tokens:
    """Tokens of n documents: `hashes`, and code-point `start` and `end` in the own document; those of document d stand at
    `offsets[d]:offsets[d + 1]`."""

    hashes: Array
    start: Array
    end: Array
    offsets: Array

    @property
    def counts(self) -> Array:
        """Number of tokens of each document."""
        return np.diff(self.offsets)

    @property
    def owner(self) -> Array:
        """Index of the document of each token."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)


@cache
def plain_alphabet() -> Array:
    """Role of each code point: letters, digits and `_` make words, a CJK or kana code point is a token by itself."""
    roles = np.zeros(0x110000, np.uint8)
    for first, last in (
        (0x30, 0x39),
        (0x41, 0x5A),
        (0x61, 0x7A),
        (0x5F, 0x5F),
        (0xC0, 0x1FFF),
        (0x2080, 0x2FFF),
        (0xA000, 0x10FFFF),
    ):
        roles[first : last + 1] = WORD
    roles[0x3040 : 0x9FFF + 1] = SINGLE
    return roles


def tokenise(texts: pa.Array, alphabet: Array) -> Tokens:
    """Tokens of a string column (nulls have none); upper and lower case of ASCII letters are the same."""
    column = pc.fill_null(texts.cast(pa.large_string()), "")
    bounds = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]
    held = column.buffers()[2]
    data = np.frombuffer(held, np.uint8) if held is not None else np.empty(0, np.uint8)
    room = int(bounds[-1] - bounds[0])  # a token has a byte at least
    hashes, start, end = np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64)
    offsets = np.zeros(len(column) + 1, np.int64)
    count = _scan(data, bounds, alphabet, hashes, start, end, offsets)
    return Tokens(hashes[:count].copy(), start[:count].copy(), end[:count].copy(), offsets)


def grams(tokens: Tokens, size: int) -> tuple[Array, Array]:
    """Hashes of all runs of `size` consecutive tokens, and the index of the first token of each.

    A document of fewer tokens has the one run of all its tokens; a document of none has none.
    """
    count = len(tokens.hashes)
    end = np.repeat(tokens.offsets[1:], tokens.counts)
    total = np.zeros(count, np.uint64)
    power = np.uint64(1)
    for step in range(size):
        width = max(count - step, 0)
        inside = np.arange(width) + step < end[:width]
        total[:width] += np.where(inside, tokens.hashes[step:], 0).astype(np.uint64) * power
        power = np.multiply(power, _GRAM_BASE, dtype=np.uint64) if step + 1 < size else power
    kept = np.arange(count) + size <= end
    kept[tokens.offsets[:-1][tokens.counts > 0]] = True
    return mix(total[kept]), np.flatnonzero(kept)


def batches(texts: pa.ChunkedArray, code_points: int = 500_000) -> Iterator[tuple[int, pa.Array]]:
    """Slices of a string column of about so many code points, with the row number each begins at: bounds the memory of arrays."""
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy()
    for first, last in runs(np.cumsum(lengths) // code_points):
        yield first, pa.concat_arrays(texts.slice(first, last - first).chunks)


def runs(labels: Array) -> list[tuple[int, int]]:
    """Begin and end of each run of equal neighbours in an array."""
    cuts = np.flatnonzero(labels[1:] != labels[:-1]) + 1
    edges = [0, *cuts.tolist(), len(labels)] if len(labels) else [0]
    return list(pairwise(edges))


def mix(values: Array) -> Array:
    """Finaliser of SplitMix64 (Steele, Lea and Flood 2014): spreads every bit of a 64-bit value over all bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ (values >> np.uint64(31))
    return mixed


@njit(cache=True, nogil=True)
def _scan(data, bounds, roles, hashes, start, end, offsets):  # type: ignore[no-untyped-def]
    """Fill the columns of the tokens of the texts `data[bounds[d]:bounds[d + 1]]` in UTF-8; how many there are."""
    count = 0
    for doc in range(len(bounds) - 1):
        byte, place, begin = bounds[doc], 0, -1
        value, power = np.uint64(0), _BASE
        while byte < bounds[doc + 1]:
            code, byte = _code_point(data, byte)
            role = roles[code]
            if role != WORD and begin >= 0:
                hashes[count], start[count], end[count] = _finished(value), begin, place
                count, begin = count + 1, -1
            if role != SEPARATOR:
                folded = np.uint64(code + 32 if 65 <= code <= 90 else code)
                if role == SINGLE:
                    hashes[count], start[count], end[count] = _finished(folded * _BASE), place, place + 1
                    count += 1
                elif begin < 0:
                    begin, value, power = place, folded * _BASE, _BASE * _BASE
                else:
                    value, power = value + folded * power, power * _BASE
            place += 1
        if begin >= 0:
            hashes[count], start[count], end[count] = _finished(value), begin, place
            count += 1
        offsets[doc + 1] = count
    return count


@njit(cache=True, inline="always")
def _code_point(data, byte):  # type: ignore[no-untyped-def]
    """The code point that begins at a byte of valid UTF-8, and where the next one begins."""
    first = np.int64(data[byte])
    if first < 0x80:
        return first, byte + 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | data[byte + 1] & 0x3F, byte + 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (data[byte + 1] & 0x3F) << 6 | data[byte + 2] & 0x3F, byte + 3
    head = (first & 0x07) << 18 | (data[byte + 1] & 0x3F) << 12
    return head | (data[byte + 2] & 0x3F) << 6 | data[byte + 3] & 0x3F, byte + 4


@njit(cache=True, inline="always")
def _finished(value):  # type: ignore[no-untyped-def]
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
