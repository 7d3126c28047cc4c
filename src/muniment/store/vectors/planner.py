"""Which way each segment is searched: everything that is allowed in it, or its compressed file. Decided by what was measured.

Costs are those of this machine (`costs.measure`); how much has to be looked into comes from the vectors themselves
(`probes.required`). A graph is asked only where next to nothing is forbidden.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from muniment.schemas.index import Costs
from muniment.store.vectors.graph import Graph
from muniment.store.vectors.library import Mask, Positions

if TYPE_CHECKING:
    from muniment.store.vectors.index import Part

_K = 10  # depth that shares were worked out for
_OPEN = 0.9  # of a segment must be allowed before a graph is asked
WITHIN = 6.0  # milliseconds of one core that an exact answer may take before anything else is thought of


class Way(Enum):
    """What is done with a segment."""

    SKIP = "skip"  # nothing in it is allowed
    EXACT = "exact"  # all that is allowed in it is compared
    FAST = "fast"  # its compressed file is asked, and what that gives is scored again


def counted(first: npt.NDArray[np.int64], allowed: Mask | None) -> Positions:
    """How many rows of each segment are allowed."""
    if allowed is None:
        return np.diff(first)
    return np.array([np.count_nonzero(allowed[start:end]) for start, end in pairwise(first)], np.int64)


class Planner:
    """Chooses for the segments of one index."""

    def __init__(self, parts: Sequence["Part"], parameters: dict[str, float], costs: Costs | None, always: bool = False) -> None:
        self._parts, self._costs, self._always = parts, costs, always
        self.refine = int(parameters.get("refine", 1))
        table = sorted((float(name.partition("@")[2]), share) for name, share in parameters.items() if name.startswith("probe@"))
        self._open, self._share = np.log([each for each, _ in table]), np.array([share for _, share in table])
        self._rows = np.array([part.exact.count for part in parts], np.int64)

    def plan(self, counts: Positions, k: int) -> tuple[Way, ...]:
        """A way for each segment of which `counts` rows are allowed, to find the k best of all."""
        exact = [self._exact(number, int(count)) for number, count in enumerate(counts)]
        ways = [Way.EXACT if count else Way.SKIP for count in counts]
        if not self._always and (self._costs is None or sum(exact) <= WITHIN):
            return tuple(ways)
        if len(self._open) and counts.sum() < np.exp(self._open[0]) * self._rows.sum():
            return tuple(ways)  # fewer are allowed than shares were worked out for
        for number, count in enumerate(counts):
            fast = self._parts[number].fast
            if ways[number] is Way.SKIP or fast is None:
                continue
            if isinstance(fast, Graph):
                better = count >= _OPEN * self._rows[number]
            elif self._always:
                better = True
            else:
                better = self._fast(number, int(count), self.share(int(count), int(self._rows[number]), k)) < exact[number]
            ways[number] = Way.FAST if better else Way.EXACT
        return tuple(ways)

    def need(self, counts: Positions, wanted: Sequence[bool], k: int) -> int:
        """How many allowed rows the lists that are looked into must hold, of all segments together."""
        chosen = np.flatnonzero(wanted)
        allowed, rows = int(counts[chosen].sum()), int(self._rows[chosen].sum())
        return int(np.ceil(max(self.share(allowed, rows, k) * allowed, min(allowed, k * max(self.refine, 4)))))

    def share(self, allowed: int, rows: int, k: int) -> float:
        """How much of what is allowed has to be compared. The k best of few are as far away as the 10 best of fewer still."""
        if not len(self._open) or not allowed:
            return 1.0
        return float(np.interp(np.log(min(1.0, allowed / rows * min(1.0, _K / k))), self._open, self._share))

    def _exact(self, number: int, allowed: int) -> float:
        """Milliseconds."""
        costs = self._costs
        return (
            0.0
            if costs is None or not allowed
            else (costs.call + costs.skipped * int(self._rows[number]) + costs.row * allowed) / 1e6
        )

    def _fast(self, number: int, allowed: int, share: float) -> float:
        """Milliseconds."""
        costs = self._costs
        assert costs is not None
        return (costs.fast_call + share * (costs.fast_skipped * int(self._rows[number]) + costs.fast_row * allowed)) / 1e6
