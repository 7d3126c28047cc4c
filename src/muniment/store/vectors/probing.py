"""Which inverted lists of all segments are looked into for a query, and what is found there.

The lists of all segments are ranked together by their centroids; those without anything allowed do not count. They are looked into
from the nearest on until they hold as much that is allowed as was asked for. So a selective mask widens the search by itself, and a
segment that is far from the query is not opened at all. The k-th best score so far goes along from one segment to the next: FAISS reads the
first bit of a RaBitQ code, and the others only of what can still exceed it.
"""

from collections.abc import Iterator, Sequence

import numba
import numpy as np
import numpy.typing as npt

from muniment.store.vectors.library import Mask, Positions, Vectors
from muniment.store.vectors.lists import LOWEST, Lists, Row


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
        chosen = ranked[: int(np.searchsorted(np.cumsum(within[ranked]), need)) + 1]
        best, found, turned = np.empty(0, np.float32), np.empty(0, np.int64), dict[bytes, Row]()
        for number, segment, mine in self._by_segment(chosen):
            if segment.rotation not in turned:
                turned[segment.rotation] = segment.turned(query)
            first, last = self._first[number], self._first[number + 1]
            mask = None if allowed is None else allowed[first:last]
            above = float(best.min()) if len(best) == k else LOWEST
            scores, places = segment.scan(
                turned[segment.rotation], min(k, segment.count), mine - self._starts[number], near[mine], mask, above
            )
            best, found = _best(np.concatenate([best, scores]), np.concatenate([found, places + first]), k)
        return found

    def _by_segment(self, chosen: Positions) -> Iterator[tuple[int, Lists, Positions]]:
        """The lists that were chosen, a segment at a time: the one with the nearest list first, in each the nearest list first."""
        owner = np.searchsorted(self._starts, chosen, side="right") - 1
        for number in dict.fromkeys(owner.tolist()):
            segment = self._segments[number]
            assert segment is not None
            yield number, segment, chosen[owner == number]


def _best(scores: Row, positions: Positions, k: int) -> tuple[Row, Positions]:
    """The k best, in no order."""
    if len(scores) <= k:
        return scores, positions
    kept = np.argpartition(-scores, k - 1)[:k]
    return scores[kept], positions[kept]


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
    found = np.zeros(lists + 1, np.int64)  # the last for what no list holds (−1)
    for row in range(len(list_of)):
        found[list_of[row]] += allowed[row]  # no branch: of a random mask the processor would guess every second one wrongly
    return found[:-1]
