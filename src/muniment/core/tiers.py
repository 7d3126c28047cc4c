"""Which small pieces lie together, so that many become few, and no piece is written again more than a few times.

Runs of pieces stand in tiers, each half as large as the one before. Two runs of one tier become one of the next (the logarithmic method:
Bentley & Saxe 1980; log-structured merge trees: O'Neil et al. 1996). So there is at most one run a tier but in the first, where runs are more
than half full and stay; and a piece of a share 1/n of the limit is merged at most log₂ n times, however many come.
"""

from collections.abc import Sequence
from typing import NamedTuple


class _Run(NamedTuple):
    weight: int
    pieces: tuple[int, ...]


def together(weights: Sequence[int], standing: Sequence[Sequence[int]], limit: int) -> list[tuple[int, ...]]:
    """Groups of pieces, each ascending, in the order of their first pieces; every piece is in one.

    weights: of n pieces, in any unit; a piece of 0 stays alone. standing: disjoint groups (indices of pieces) that lie together already; they are
    never taken apart. limit: what a group may weigh; a piece that weighs more stays alone. What is given back, stays as it is when it stands.
    """
    grouped = {piece for group in standing for piece in group}
    alone = [(piece,) for piece in range(len(weights)) if piece not in grouped]
    runs = [_Run(sum(weights[each] for each in pieces), tuple(pieces)) for pieces in (*alone, *standing) if pieces]
    held, stay = dict[int, _Run](), list[_Run]()
    for each in runs:  # what is new comes together first: it has to be written anyway
        run, tier = each, _tier(each.weight, limit)
        while tier > 0 and tier in held:
            other = held.pop(tier)
            run = _Run(run.weight + other.weight, (*run.pieces, *other.pieces))
            tier = _tier(run.weight, limit)
        if tier > 0:
            held[tier] = run
        else:
            stay.append(run)
    return sorted(tuple(sorted(run.pieces)) for run in (*stay, *held.values()))


def _tier(weight: int, limit: int) -> int:
    """0 for a run of more than half of the limit, or of nothing; else how often it doubles until it is."""
    tier = 0
    while 0 < weight << tier <= limit // 2:
        tier += 1
    return tier
