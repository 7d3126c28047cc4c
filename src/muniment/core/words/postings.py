"""Postings: for each word, the passages that hold it, and where. What segments hold is laid end to end when an index is opened."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_MOST = int(np.iinfo(np.uint16).max)  # words of a passage; what comes after is not found

# One row a word, in the order of its UTF-8. Positions of passages ascend; `offsets` has, passage by passage, the places of the word
# among the passage's words, `frequencies` of them each.
POSTINGS = pa.schema(
    [
        pa.field("term", pa.string(), nullable=False),
        pa.field("positions", pa.list_(pa.int32()), nullable=False),
        pa.field("frequencies", pa.list_(pa.uint16()), nullable=False),
        pa.field("offsets", pa.list_(pa.uint16()), nullable=False),
    ]
)


@dataclass(frozen=True)
class Postings:
    """Words (t) in order, and the postings of word i at `bounds[i]:bounds[i + 1]` of `positions` and `frequencies` (p). Of n passages,
    number j has the words `sequence[firsts[j]:firsts[j + 1]]`, each by its number."""

    terms: pa.LargeStringArray
    bounds: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int32]
    frequencies: npt.NDArray[np.uint16]
    firsts: npt.NDArray[np.int64]
    sequence: npt.NDArray[np.uint32]

    @property
    def count(self) -> int:
        """Number of passages."""
        return len(self.firsts) - 1

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Words of each passage (n,)."""
        return np.diff(self.firsts)

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        arrays = (self.bounds, self.positions, self.frequencies, self.firsts, self.sequence)
        return int(self.terms.nbytes) + sum(each.nbytes for each in arrays)

    def number(self, term: str) -> int:
        """The number of a word; −1 for one that no passage holds."""
        row = bisect_left(range(len(self.terms)), term, key=lambda row: self.terms[row].as_py())
        return row if row < len(self.terms) and self.terms[row].as_py() == term else -1

    def span(self, number: int) -> tuple[int, int]:
        """Where the postings of a word begin and end; empty for −1."""
        return (int(self.bounds[number]), int(self.bounds[number + 1])) if number >= 0 else (0, 0)


def postings(passages: Sequence[Sequence[str]]) -> pa.Table:
    """Words of n passages as a table of the schema `POSTINGS`; positions count from 0. Equal words give equal tables."""
    passages = [each[:_MOST] for each in passages]
    count, sizes = max(len(passages), 1), np.array([len(each) for each in passages], np.int64)
    said = pa.array(chain.from_iterable(passages), pa.large_string()).dictionary_encode()
    terms, rank = _ordered(said.dictionary)
    keys = rank[said.indices.to_numpy()] * count + np.repeat(np.arange(len(passages)), sizes)
    places = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    held, times = np.unique(keys, return_counts=True)
    starts = np.arange(len(terms) + 1) * count
    bounds, ends = (np.searchsorted(each, starts).astype(np.int32) for each in (held, np.sort(keys)))
    columns = [
        terms.cast(pa.string()),
        pa.ListArray.from_arrays(bounds, pa.array(held % count, pa.int32())),
        pa.ListArray.from_arrays(bounds, pa.array(times, pa.uint16())),
        pa.ListArray.from_arrays(ends, pa.array(places[np.argsort(keys, kind="stable")], pa.uint16())),
    ]
    return pa.table(columns, schema=POSTINGS)


def joined(tables: Sequence[pa.Table], counts: Sequence[int]) -> Postings:
    """The postings of several segments as one: positions of each, of `counts` passages, follow those of the one before."""
    parts = [table.combine_chunks() for table in tables]
    spoken = pa.chunked_array([pa.array([], pa.large_string()), *(part["term"].cast(pa.large_string()) for part in parts)])
    known = spoken.combine_chunks().dictionary_encode()
    terms, rank = _ordered(known.dictionary)
    numbers = rank[known.indices.to_numpy()]
    sizes = _flat([pc.list_value_length(part["positions"]) for part in parts], np.int64)
    before = np.cumsum([0, *counts])
    positions = _flat([pc.add(pc.list_flatten(part["positions"]), pa.scalar(int(first), pa.int32())) for part, first in zip(parts, before, strict=False)], np.int32)  # fmt: skip
    frequencies = _flat([pc.list_flatten(part["frequencies"]) for part in parts], np.uint16)
    lengths = np.bincount(positions, weights=frequencies, minlength=int(before[-1])).astype(np.int64)
    firsts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    sequence = _sequence(parts, numbers, sizes, positions, frequencies, firsts)
    taken = _spans(np.cumsum(sizes) - sizes, sizes, np.argsort(numbers, kind="stable"))  # of a word, the segments in their order
    bounds = np.concatenate([[0], np.cumsum(np.bincount(numbers, weights=sizes, minlength=len(terms)))]).astype(np.int64)
    return Postings(terms, bounds, positions[taken], frequencies[taken], firsts, sequence)


def _sequence(
    parts: Sequence[pa.Table],
    numbers: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int32],
    frequencies: npt.NDArray[np.uint16],
    firsts: npt.NDArray[np.int64],
) -> npt.NDArray[np.uint32]:
    """The words of each passage in their order, by number; a segment at a time, so that little memory is needed."""
    sequence = np.zeros(int(firsts[-1]), np.uint32)
    row, at = 0, 0
    for part in parts:
        rows = slice(row, row + part.num_rows)
        held = slice(at, at + int(sizes[rows].sum()))
        times = frequencies[held]
        where = np.repeat(firsts[positions[held]], times) + _flat([pc.list_flatten(part["offsets"])], np.int64)
        sequence[where] = np.repeat(np.repeat(numbers[rows], sizes[rows]).astype(np.uint32), times)
        row, at = rows.stop, held.stop
    return sequence


def _ordered(terms: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Distinct words in order, and the place of each."""
    order = pc.sort_indices(terms).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return terms.take(pa.array(order)), rank


def _spans(starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The indices of the spans of these rows, one span after the other."""
    sizes, starts = sizes[rows], starts[rows]
    before = np.cumsum(sizes) - sizes
    spans: npt.NDArray[np.int64] = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
    return spans


def _flat(columns: Sequence[pa.ChunkedArray], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *(column.to_numpy().astype(kind, copy=False) for column in columns)])
