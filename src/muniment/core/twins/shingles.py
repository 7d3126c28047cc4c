"""The shingle sets that pairs are measured by: of the documents that may have a twin, each text once."""

from hashlib import sha256
from typing import Protocol

import numpy as np
import pyarrow as pa

from muniment.core.twins.bands import Groups
from muniment.core.twins.kernel import Array, fold, shingle_sets
from muniment.core.twins.leaders import Sets


class Spool(Protocol):
    """Where shingles (uint64) are kept until pairs are measured: in memory, or in a file when they may not fit."""

    def append(self, values: Array) -> None:
        """Put values behind those that are there."""

    def whole(self) -> Array:
        """All values; may be a view of a file."""

    def release(self) -> None:
        """Let memory go that was used to read."""


class Memory:
    """A spool for what fits into memory."""

    def __init__(self) -> None:
        self._parts: list[Array] = [np.empty(0, np.uint64)]

    def append(self, values: Array) -> None:
        self._parts.append(values)

    def whole(self) -> Array:
        self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def release(self) -> None:
        pass


class Shingler:
    """Takes texts in any order and gives the `Sets` of n documents."""

    def __init__(self, groups: Groups, ngrams: Array, spool: Spool) -> None:
        count = len(groups.sequence)
        self._copied = groups.of[:, -1][groups.sequence] >= 0  # has the tokens of another: may be its exact copy
        self._near = groups.near[groups.sequence]
        self._ngrams, self._spool, self._end = ngrams, spool, 0
        self._start, self._count = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._text, self._known = np.full(count, -1, np.int64), dict[bytes, int]()

    @property
    def wanted(self) -> Array:
        """Which documents' texts are needed."""
        wanted: Array = self._copied | self._near
        return wanted

    def add(self, rows: Array, texts: pa.Array) -> None:
        """Take the texts of wanted documents `rows`."""
        data, offsets = buffers(texts)
        alone = self._tell_copies(rows, data, offsets)
        for size in np.unique(self._ngrams[rows]):
            own = np.flatnonzero(alone & (self._ngrams[rows] == size))
            values, starts = shingle_sets(data, offsets, own, int(size))
            self._spool.append(values)
            self._start[rows[own]], self._count[rows[own]] = self._end + starts[:-1], np.diff(starts)
            self._end += len(values)

    def sets(self) -> Sets:
        """The sets of all that was taken."""
        copies = np.flatnonzero(self._text >= 0)
        self._start[copies], self._count[copies] = self._start[self._text[copies]], self._count[self._text[copies]]
        return Sets(self._spool.whole(), self._start, self._count, self._text, self._spool.release)

    def _tell_copies(self, rows: Array, data: Array, offsets: Array) -> Array:
        """Number the texts that equal another's when folded; gives which of `rows` are the first of their text and have near groups,
        so that their shingles are needed. Equal token sequences were found by a hash that can be forged; this one cannot."""
        needed = self._near[rows] | self._copied[rows]
        copied = np.flatnonzero(self._copied[rows])
        room = np.empty(int(np.diff(offsets)[copied].max(initial=0)) + 1, np.uint8)
        for place in copied.tolist():
            size = fold(data[offsets[place] : offsets[place + 1]], room)
            row = int(rows[place])
            self._text[row] = self._known.setdefault(sha256(room[:size].data).digest(), row)
            needed[place] = self._text[row] == row
        return needed


def buffers(texts: pa.Array) -> tuple[Array, Array]:
    """Bytes and offsets (n + 1, int64) of a column of texts, without a copy where the type allows it; a null is an empty text."""
    texts = texts.cast(pa.large_string()) if texts.type != pa.large_string() else texts
    texts = texts.fill_null("") if texts.null_count else texts
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1] if len(texts) else np.zeros(1, np.int64)
    return np.frombuffer(data, np.uint8) if data and data.size else np.zeros(0, np.uint8), places
