"""Texts taken apart at their cuts and put together again, over the bytes of an Arrow column."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.errors import Corrupt

Places = npt.NDArray[np.int64]

_BATCH = 8 << 20  # bytes of text whose code points are numbered at a time: 8 bytes for each


class Pieces(NamedTuple):
    """n texts with m cuts as 2 m + n pieces: of each text what stands before a cut, the cut, …, what stands after the last one."""

    pieces: pa.LargeStringArray  # over the bytes of the texts, not copied
    cuts: Places  # which of the pieces are the cuts, m
    texts: Places  # first piece of each text, and the end, n + 1

    def values(self, cuts: Places) -> list[str]:
        """What stands in some of the cuts, by their numbers."""
        values: list[str] = self.pieces.take(pa.array(self.cuts[cuts])).to_pylist()
        return values

    def neighbours(self, cuts: Places) -> list[tuple[str, str]]:
        """The characters before and after some of the cuts: empty at an end of the text, `_` where the next cut begins at once."""
        sides = ((self.cuts[cuts] - 1, -1, None, self.texts[:-1]), (self.cuts[cuts] + 1, 0, 1, self.texts[1:] - 1))
        return list(zip(*(self._edge(*side) for side in sides), strict=True))

    def joined(self, written: pa.LargeStringArray) -> pa.LargeStringArray:
        """The texts with `written` in the place of the cuts, one for each of them."""
        mask = np.zeros(len(self.pieces), bool)
        mask[self.cuts] = True
        whole = pc.replace_with_mask(self.pieces, pa.array(mask), written)
        return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(self.texts), whole), pa.scalar("", pa.large_string()))

    def _edge(self, places: Places, start: int, stop: int | None, ends: Places) -> list[str]:
        edges = pc.utf8_slice_codeunits(self.pieces.take(pa.array(places)), start, stop).to_pylist()
        return [edge or ("" if end else "_") for edge, end in zip(edges, np.isin(places, ends).tolist(), strict=True)]


def taken_apart(texts: pa.LargeStringArray, counts: Places, starts: Places, ends: Places) -> Pieces:
    """The pieces of n texts.

    `counts` has the number of cuts in each text; `starts` and `ends` their code points, ascending and apart, text after text.
    Raises `Corrupt` when a cut lies outside of its text.
    """
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    rows = np.repeat(np.arange(len(texts)), counts)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    low, high = np.empty_like(starts), np.empty_like(ends)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    for first, last in _batches(offsets):
        mine = slice(bounds[first], bounds[last])
        low[mine], high[mine] = _in_bytes(data, offsets[first : last + 1], rows[mine] - first, starts[mine], ends[mine])
    edges = np.insert(np.stack([low, high], 1).ravel(), 2 * bounds[:-1], offsets[:-1])
    placed = pa.py_buffer(np.append(edges, offsets[-1:]))
    pieces = pa.LargeStringArray.from_buffers(len(edges), placed, texts.buffers()[2])
    return Pieces(pieces, 2 * np.arange(len(rows)) + rows + 1, 2 * bounds + np.arange(len(bounds)))


def _batches(offsets: Places) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(offsets) - 1:
        last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + _BATCH, side="right")) - 1)
        yield first, last
        first = last


def _in_bytes(data: npt.NDArray[np.uint8], offsets: Places, rows: Places, starts: Places, ends: Places) -> tuple[Places, Places]:
    """Cuts in code points of their texts as bytes of the whole buffer; raises `Corrupt`."""
    base = int(offsets[0])
    body = data[base : int(offsets[-1])]
    points, bounds = None, offsets
    if body.size and int(body.max()) >= 0x80:
        points = np.append(np.flatnonzero((body & 0xC0) != 0x80), body.size) + base  # the byte at which each code point begins
        bounds = np.searchsorted(points, offsets)
    low, high = bounds[rows] + starts, bounds[rows] + ends
    if len(rows) and (int(starts.min()) < 0 or bool(np.any(high > bounds[rows + 1]))):
        raise Corrupt("A finding points outside of its text.", "Detect again: the evidence is about another text.")
    return (low, high) if points is None else (points[low], points[high])
