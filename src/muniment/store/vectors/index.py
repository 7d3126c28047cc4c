"""All segments of an index as one: what is allowed is counted, the cheapest way is taken, and what it found is scored exactly."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from muniment.schemas.index import EXACT, Costs
from muniment.store.vectors import files
from muniment.store.vectors.exact import Exact, products
from muniment.store.vectors.graph import Graph
from muniment.store.vectors.library import Mask, Positions, Vectors
from muniment.store.vectors.lists import Lists
from muniment.store.vectors.planner import Planner, Way, counted
from muniment.store.vectors.probing import Probing


class Part(NamedTuple):
    """One segment: its vectors as they are kept, and what answers for them where that is cheaper."""

    exact: Exact
    fast: Lists | Graph | None = None

    @classmethod
    def of(cls, exact: Any, fast: Any = None, kind: str = EXACT) -> "Part":
        """Two FAISS indexes over the same vectors."""
        return cls(Exact(exact), None if fast is None else Graph(fast) if kind == "hnsw" else Lists(fast))


class VectorIndex:
    """Opened segments, one after the other. Positions are rows of the vectors that they were built from."""

    def __init__(
        self, parts: Sequence[Part], parameters: dict[str, float] | None = None, costs: Costs | None = None, always: bool = False
    ) -> None:
        self.parts = tuple(parts)
        self._first = np.cumsum([0, *(part.exact.count for part in self.parts)])
        self._probing = Probing([part.fast if isinstance(part.fast, Lists) else None for part in self.parts], self._first)
        self.parameters = parameters or {}
        self.planner = Planner(self.parts, self.parameters, costs, always)

    @classmethod
    def join(cls, indexes: Sequence["VectorIndex"]) -> "VectorIndex":
        """Several indexes as one that is searched exactly: the positions of each follow those of the one before it."""
        return cls([part for index in indexes for part in index.parts])

    @classmethod
    def open(cls, source: bytes | Path, expected: str) -> "VectorIndex":
        """Open an exact file or its bytes; raises `Corrupt` unless its SHA-256 is `expected` and FAISS can read it."""
        return cls([Part.of(files.opened(source, expected))])

    def compressed(self) -> "VectorIndex":
        """The same, with compressed files asked wherever they may be, whatever that costs: what a gate judges."""
        return VectorIndex(self.parts, self.parameters, always=True)

    @property
    def count(self) -> int:
        """Number of vectors."""
        return int(self._first[-1])

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self.parts[0].exact.dimension

    def search(self, queries: Vectors, k: int, allowed: Mask | None) -> tuple[Vectors, Positions]:
        """The min(k, allowed) best positions of each query (m × d): scores and positions, both m × that, best first, ties by position.

        `allowed` (count,) is what may be compared at all; None, which must be said, is everything. Scores are exact inner products,
        whichever way a passage was found by. Raises `ValueError` for a mask or queries that do not fit the index.
        """
        return self.found(queries, k, allowed)[:2]

    def found(self, queries: Vectors, k: int, allowed: Mask | None) -> tuple[Vectors, Positions, tuple[Way, ...]]:
        """The same, and the way that was taken through each segment."""
        if allowed is not None and (allowed.dtype != np.bool_ or allowed.shape != (self.count,)):
            raise ValueError(f"The mask must hold one truth value for each of the {self.count} vectors.")
        if self.parts and (queries.ndim != 2 or queries.shape[1] != self.dimension):
            raise ValueError(f"Queries must have {self.dimension} components.")
        counts = counted(self._first, allowed)
        k = min(k, int(counts.sum()))
        if k <= 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64), ()
        queries = np.ascontiguousarray(queries, np.float32)
        ways = self.planner.plan(counts, k)
        candidates = self._candidates(queries, k, allowed, counts, ways)
        best = [self._best(query, k, each) for query, each in zip(queries, candidates, strict=True)]
        if short := [number for number, (scores, _) in enumerate(best) if len(scores) < k]:
            ways = tuple(Way.SKIP if way is Way.SKIP else Way.EXACT for way in ways)
            again = self._candidates(queries[short], k, allowed, counts, ways)
            for number, each in zip(short, again, strict=True):
                best[number] = self._best(queries[number], k, each)
        return np.stack([scores for scores, _ in best]), np.stack([positions for _, positions in best]), ways

    @property
    def listed(self) -> int:
        """Number of vectors in segments that have lists."""
        return sum(part.exact.count for part in self.parts if isinstance(part.fast, Lists))

    def cells(self, most: int) -> tuple[Positions, Vectors, Vectors]:
        """At most about `most` of the vectors in lists, evenly spread: the number of the list of each (n,), the centroids of all lists,
        and the vectors (n × d)."""
        rows = np.flatnonzero(self._probing.list_of >= 0)
        rows = rows[:: max(1, -(-len(rows) // most))]
        return self._probing.list_of[rows].astype(np.int64), self._probing.centroids, self.rows(rows)

    def rows(self, positions: Positions) -> Vectors:
        """The vectors at positions (p,), p × d, in their order."""
        order = np.argsort(positions, kind="stable")
        found = np.empty((len(positions), self.dimension), np.float32)
        found[order] = self._rows(positions[order])
        return found

    def scan_exactly(self, query: Vectors, k: int, allowed: Mask | None) -> None:
        """Compare all that is allowed: what the planner's costs are measured on."""
        counts = counted(self._first, allowed)
        self._candidates(query[None], k, allowed, counts, [Way.EXACT if count else Way.SKIP for count in counts])

    def scan_lists(self, query: Vectors, k: int, allowed: Mask | None, need: int) -> None:
        """Look into the nearest lists that hold `need` allowed rows: the same."""
        wanted = [isinstance(part.fast, Lists) for part in self.parts]
        self._probing.scan(query, k * self.planner.refine, allowed, self._probing.counted(allowed, wanted), need)

    def _candidates(
        self, queries: Vectors, k: int, allowed: Mask | None, counts: Positions, ways: Sequence[Way]
    ) -> list[Positions]:
        """Positions that hold the best of each query, as far as the ways that are taken find them."""
        each: list[list[Positions]] = [[] for _ in queries]
        for number, (part, way) in enumerate(zip(self.parts, ways, strict=True)):
            mask = (
                None
                if allowed is None or counts[number] == part.exact.count
                else allowed[self._first[number] : self._first[number + 1]]
            )
            if way is Way.EXACT:
                found = part.exact.scan(queries, k, mask)
            elif way is Way.FAST and isinstance(part.fast, Graph):
                found = part.fast.scan(queries, k * self.planner.refine, mask, int(self.parameters.get("ef", 0)))
            else:
                continue
            for place, positions in enumerate(found):
                each[place].append(positions[positions >= 0] + self._first[number])
        wanted = [isinstance(part.fast, Lists) and way is Way.FAST for part, way in zip(self.parts, ways, strict=True)]
        if any(wanted):
            within, need = self._probing.counted(allowed, wanted), self.planner.need(counts, wanted, k)
            for place, query in enumerate(queries):
                each[place].append(self._probing.scan(query, k * self.planner.refine, allowed, within, need))
        return [np.concatenate([np.empty(0, np.int64), *positions]) for positions in each]

    def _best(self, query: Vectors, k: int, positions: Positions) -> tuple[Vectors, Positions]:
        """The k best of candidates, scored with the vectors as they are kept."""
        positions = np.sort(positions)
        scores = products(self._rows(positions), query)
        order = np.lexsort((positions, -scores))[:k]
        return scores[order], positions[order]

    def _rows(self, positions: Positions) -> Vectors:
        """The vectors at ascending positions."""
        bounds = np.searchsorted(positions, self._first)
        rows = [
            part.exact.rows(positions[first:last] - start)
            for part, start, first, last in zip(self.parts, self._first[:-1], bounds[:-1], bounds[1:], strict=True)
            if last > first
        ]
        return np.concatenate(rows) if rows else np.empty((0, self.dimension), np.float32)
