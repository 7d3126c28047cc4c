"""Whether a variant of an index answers as the exact one does, slice by slice."""

from collections.abc import Mapping

import numpy as np

from muniment.core.metrics.intervals import share
from muniment.schemas.gate import Recall

FEWEST = 20  # queries that a slice must have to be decided by
BAR, FILTERED_BAR = 0.95, 0.98  # recall@10 while half or more is allowed, and while a tenth or less is
SLICE_BAR = 0.9  # of a slice of the queries, whose interval is wider
SLOWEST = 20.0  # milliseconds of a core, unless the exact index takes as long


def lengths(words: int) -> str:
    """The slice of a query of so many words."""
    return "length=short" if words <= 4 else "length=medium" if words <= 9 else "length=long"


def judged(name: str, recalls: np.ndarray, bar: float = BAR) -> Recall:
    """Recall in one slice, from that of each of its queries (n,). It passes when the lower bound of its interval reaches the bar."""
    found = share(recalls)
    low, high = (found.value, found.value) if found.low is None or found.high is None else (found.low, found.high)
    decisive = len(recalls) >= FEWEST
    return Recall(
        slice=name,
        queries=len(recalls),
        value=round(found.value, 4),
        low=round(low, 4),
        high=round(high, 4),
        bar=bar,
        decisive=decisive,
        passed=not decisive or low >= bar,
    )


def slices(members: Mapping[str, np.ndarray], recalls: np.ndarray) -> list[Recall]:
    """Each slice judged. `members` gives the queries of each (truth values, n), `recalls` (n,) what each query found."""
    return [judged(name, recalls[chosen], SLICE_BAR) for name, chosen in sorted(members.items()) if chosen.any()]


def recall(got: np.ndarray, due: np.ndarray) -> float:
    """The share of the scores that were due which was reached: of passages with equal scores any is as good. 1 when nothing was due."""
    return float(np.mean(got[: len(due)] >= due[-1] - 1e-6)) * min(1.0, len(got) / len(due)) if len(due) else 1.0


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of the positions that two rankings share; 1 for fewer than two."""
    shared = [each for each in first if each in set(second.tolist())]
    if len(shared) < 2:
        return 1.0
    places = {each: place for place, each in enumerate(second.tolist())}
    ranks = np.argsort(np.argsort([places[each] for each in shared]))
    gap = ranks - np.arange(len(shared))
    return float(1 - 6 * (gap**2).sum() / (len(shared) * (len(shared) ** 2 - 1)))
