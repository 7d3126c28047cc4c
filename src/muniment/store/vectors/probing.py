"""Which inverted lists of all segments are looked into for a query, and what is found there.

The lists of all segments are ranked together by their centroids; those without anything allowed do not count. They are looked into
from the nearest on until they hold as much that is allowed as was asked for. So a selective mask widens the search by itself, and a
segment that is far from the query is not opened at all.
"""

from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

from muniment.store.vectors.library import Mask, Positions, Vectors
from muniment.store.vectors.lists import Lists


class Probing:
    """The lists of the segments that have any, numbered through."""

    def __init__(self, segments: Sequence[Lists | None], first: npt.NDArray[np.int64]) -> None:
        self._segments, self._first = segments, first
        self._starts = np.cumsum([0, *(each.number if each else 0 for each in segments)])
        held = [each.centroids for each in segments if each]
        self.centroids: Vectors = np.ascontiguousarray(np.concatenate(held)) if held else np.empty((0, 0), np.float32)
        rows = [
            np.full(last - begin, -1, np.int32) if each is None else np.where(each.list_of < 0, -1, each.list_of + start)
            for each, begin, last, start in zip(segments, first[:-1], first[1:], self._starts[:-1], strict=True)
        ]
        self.list_of: npt.NDArray[np.int32] = np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32)
        self._all = np.bincount(self.list_of[self.list_of >= 0], minlength=int(self._starts[-1])) if held else np.empty(0, np.int64)

    def counted(self, allowed: Mask | None, wanted: Sequence[bool]) -> Positions:
        """How many allowed rows each list holds; none in segments that are not wanted."""
        found = self._all.copy() if allowed is None else _counted(self.list_of, allowed, int(self._starts[-1]))
        for number, each in enumerate(wanted):
            if not each:
                found[self._starts[number] : self._starts[number + 1]] = 0
        return found

    def scan(self, query: npt.NDArray[np.float32], k: int, allowed: Mask | None, within: Positions, need: int) -> Positions:
        """The k best that the nearest lists which hold `need` allowed rows have for a query, as positions."""
        near = _near(self.centroids, query)
        lists = np.flatnonzero(within)
        ranked = lists[np.argsort(-near[lists], kind="stable")]
        chosen = np.sort(ranked[: int(np.searchsorted(np.cumsum(within[ranked]), need)) + 1])
        scores, positions = [np.empty(0, np.float32)], [np.empty(0, np.int64)]
        bounds = np.searchsorted(chosen, self._starts)
        for number in np.flatnonzero(np.diff(bounds)):
            segment, numbers = self._segments[int(number)], chosen[bounds[number] : bounds[number + 1]]
            assert segment is not None
            mask = None if allowed is None else allowed[self._first[number] : self._first[number + 1]]
            score, place = segment.scan(query, min(k, segment.count), numbers - self._starts[number], near[numbers], mask)
            scores.append(score)
            positions.append(place + self._first[number])
        best = np.concatenate(scores)
        found: Positions = np.concatenate(positions)
        return found[np.argpartition(-best, k - 1)[:k]] if len(best) > k else found


@numba.njit(cache=True, nogil=True, fastmath=True)
def _near(centroids: Vectors, query: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Inner products; by a loop of ours, as a BLAS wakes all cores for so little."""
    found = np.zeros(len(centroids), np.float32)
    for row in range(len(centroids)):
        total = np.float32(0)
        for column in range(len(query)):
            total += centroids[row, column] * query[column]
        found[row] = total
    return found


@numba.njit(cache=True, nogil=True)
def _counted(list_of: npt.NDArray[np.int32], allowed: Mask, lists: int) -> Positions:
    found = np.zeros(lists, np.int64)
    for row in range(len(list_of)):
        if allowed[row] and list_of[row] >= 0:
            found[list_of[row]] += 1
    return found
