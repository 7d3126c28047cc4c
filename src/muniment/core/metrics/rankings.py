"""How good one ranking is: gains of what it gave, in order, against all that there was to give.

nDCG after Järvelin and Kekäläinen (2002), with linear gains and the discount log2(rank + 1).
"""

from collections.abc import Sequence
from math import log2


def ndcg(gains: Sequence[float], due: Sequence[float], k: int) -> float:
    """Discounted gain of the first k over that of the best order of all that is `due`; 0 when nothing is."""
    ideal = discounted(sorted(due, reverse=True)[:k])
    return discounted(gains[:k]) / ideal if ideal else 0.0


def recall(gains: Sequence[float], due: Sequence[float], k: int) -> float:
    """Share of what is due that is among the first k; 0 when nothing is due."""
    return min(1.0, sum(gain > 0 for gain in gains[:k]) / len(due)) if due else 0.0


def reciprocal_rank(gains: Sequence[float]) -> float:
    """One over the rank of the first right one; 0 when none is."""
    return next((1 / rank for rank, gain in enumerate(gains, 1) if gain > 0), 0.0)


def discounted(gains: Sequence[float]) -> float:
    """Sum of gains, each over the logarithm of its rank plus one."""
    return float(sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1)))
