"""The shingle sets that pairs are measured by: of the documents that may have a twin, each text once."""

from hashlib import sha256
from typing import Protocol

import numpy as np
import pyarrow as pa

from muniment.core.twins.bands import Groups
from muniment.core.twins.kernel import Array, shingle_sets
from muniment.core.twins.leaders import Sets
from muniment.core.twins.words import fold


class Spool(Protocol):
    """Where shingles are kept until pairs are measured: in memory, or in a file when they may not fit."""

    def room(self, count: int) -> Array:
        """An array for so many uint64, of which only what is written takes space."""

    def release(self) -> None:
        """Let memory go that was used to read."""


class Memory:
    """A spool for what fits into memory."""

    def room(self, count: int) -> Array:
        return np.empty(count, np.uint64)

    def release(self) -> None:
        pass


class Shingler:
    """Takes texts in any order and gives the `Sets` of n documents."""

    def __init__(self, groups: Groups, tokens: Array, raw: Array, ngrams: Array, spool: Spool) -> None:
        """`tokens`, `raw` (hash of the bytes) and `ngrams` (tokens of a shingle) are of n documents, as their signatures say."""
        count = len(groups.sequence)
        copies = groups.of[:, -1][groups.sequence]
        self._near, self._copied = groups.near[groups.sequence], copies >= 0  # has the tokens of another: may be its exact copy
        self._mixed = _mixed(copies, raw)
        self._ngrams, self._spool, self._end = ngrams, spool, 0
        self._values = spool.room(int(tokens[self.wanted].sum(dtype=np.int64)) + 1)
        self._start, self._count = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._text, self._source, self._known = np.full(count, -1, np.int64), np.arange(count), dict[bytes, int]()

    @property
    def wanted(self) -> Array:
        """Which documents' texts are needed."""
        wanted: Array = self._copied | self._near
        return wanted

    def add(self, rows: Array, texts: pa.Array, places: Array) -> None:
        """Take the texts `texts[places]` of wanted documents `rows`."""
        data, offsets = buffers(texts)
        alone = self._tell_copies(rows, data, offsets, places)
        for size in np.unique(self._ngrams[rows]):
            own = np.flatnonzero(alone & (self._ngrams[rows] == size))
            starts = shingle_sets(data, offsets, places[own], int(size), self._values, self._end)
            self._start[rows[own]], self._count[rows[own]] = starts[:-1], np.diff(starts)
            self._end = int(starts[-1])
        self._spool.release()

    def sets(self) -> Sets:
        """The sets of all that was taken."""
        return Sets(self._values, self._start[self._source], self._count[self._source], self._text, self._spool.release)

    def _tell_copies(self, rows: Array, data: Array, offsets: Array, places: Array) -> Array:
        """Number the texts that equal another's when folded; gives which of `rows` are the first of their text and shingle
        size, so that their shingles are needed. Equal sequences and equal bytes were found by hashes that can be forged; these digests cannot be."""
        needed = np.ones(len(rows), np.bool_)
        copied = np.flatnonzero(self._copied[rows])
        room = np.empty(int(np.diff(offsets)[places[copied]].max(initial=0)) + 1, np.uint8)
        for number, place, mixed in zip(copied.tolist(), places[copied].tolist(), self._mixed[rows[copied]].tolist(), strict=True):
            text = data[offsets[place] : offsets[place + 1]]
            row, name = int(rows[number]), sha256((room[: fold(text, room)] if mixed else text).data).digest()
            self._text[row] = first = self._known.setdefault(name, row)
            alike = self._ngrams[first] == self._ngrams[row]
            self._source[row] = first if alike else self._known.setdefault(name + bytes([self._ngrams[row]]), row)
            needed[number] = self._source[row] == row
        return needed


def _mixed(copies: Array, raw: Array) -> Array:
    """Which documents have copies that are not the same bytes, so that their texts must be folded to be compared."""
    first = np.zeros(int(copies.max(initial=-1)) + 2, np.uint64)
    first[copies] = raw
    differs = np.zeros(len(first), np.bool_)
    differs[copies[first[copies] != raw]] = True
    return np.asarray(differs[copies] & (copies >= 0))


def buffers(texts: pa.Array) -> tuple[Array, Array]:
    """Bytes and offsets (n + 1, int64) of a column of texts, without a copy where the type allows it; a null is an empty text."""
    texts = texts.cast(pa.large_string()) if texts.type != pa.large_string() else texts
    texts = texts.fill_null("") if texts.null_count else texts
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1] if len(texts) else np.zeros(1, np.int64)
    return np.frombuffer(data, np.uint8) if data and data.size else np.zeros(0, np.uint8), places
