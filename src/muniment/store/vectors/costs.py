"""What searching an index costs on this machine, worked out by doing it: over all segments, so that caches are as they are in use."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from muniment.schemas.index import Costs
from muniment.store.vectors.index import VectorIndex
from muniment.store.vectors.library import one_thread
from muniment.store.vectors.probes import scattered

_TIMES = 7
_K = 10
_FEW, _SOME = 0.01, 0.1  # shares that are allowed
_NEAR, _WIDE = 0.05, 0.25  # shares of lists that are looked into


def measure(index: VectorIndex) -> Costs:
    """Costs of its segments, in CPU time of one thread: exact scans and looks into lists, with more and less that is allowed."""
    count, segments = index.count, max(1, len(index.parts))
    queries = index.rows(np.random.default_rng(3).integers(0, count, _TIMES)) if count else np.empty((0, 0), np.float32)
    if not count:
        return Costs(call=0.0, skipped=0.0, row=0.0)
    few, some = scattered(count, _FEW), scattered(count, _SOME)
    with one_thread():
        less, more = (_taken(partial(index.scan_exactly, k=_K, allowed=mask), queries) for mask in (few, some))
        row = max(0.0, more - less) / max(1, int(some.sum()) - int(few.sum()))
        found = Costs(call=0.0, skipped=max(0.0, less - row * int(few.sum())) / count, row=row)
        if not index.listed:
            return found
        near, wide = (
            _taken(partial(index.scan_lists, k=_K, allowed=None, need=int(share * index.listed)), queries)
            for share in (_NEAR, _WIDE)
        )
        sparse = _taken(partial(index.scan_lists, k=_K, allowed=some, need=int(0.5 * _SOME * index.listed)), queries)
    row = max(0.0, wide - near) / ((_WIDE - _NEAR) * index.listed)
    call = max(0.0, near - row * _NEAR * index.listed)
    skipped = max(0.0, sparse - call - row * 0.5 * _SOME * index.listed) / (0.5 * index.listed)
    return found.model_copy(update={"fast_call": call / segments, "fast_skipped": skipped, "fast_row": row})


def _taken(work: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    """Nanoseconds of this thread's CPU that work takes for a query: the middle of several, the first left out."""
    taken = []
    for query in queries:
        began = time.thread_time_ns()
        work(query)
        taken.append(time.thread_time_ns() - began)
    return float(np.median(taken[1:]))
