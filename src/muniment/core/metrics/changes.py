"""How far two rankings of the same query lie apart, without a judgement of either."""

from collections.abc import Hashable, Sequence

PERSISTENCE = 0.9  # of rank-biased overlap: the first ten ranks have 86% of the weight


def overlap(before: Sequence[Hashable], after: Sequence[Hashable], k: int) -> float:
    """Share of the first k of the longer one that both have; 1 when both are empty."""
    first, second = set(before[:k]), set(after[:k])
    most = max(len(first), len(second))
    return len(first & second) / most if most else 1.0


def rank_biased_overlap(before: Sequence[Hashable], after: Sequence[Hashable], persistence: float = PERSISTENCE) -> float:
    """Extrapolated rank-biased overlap (Webber, Moffat and Zobel 2010, equation 32) of two rankings without repeats, which may differ in
    length: 0 nothing in common, 1 the same order; early ranks weigh most. 1 when both are empty, 0 when one is."""
    short, long = sorted((before, after), key=len)
    if not short:
        return 0.0 if long else 1.0
    seen_short, seen_long = set[Hashable](), set[Hashable]()
    common, total = 0, 0.0
    at_short = 0
    for depth, item in enumerate(long, 1):
        seen_long.add(item)
        if depth <= len(short):
            seen_short.add(short[depth - 1])
            common = len(seen_short & seen_long)
            at_short = common
            total += persistence**depth * common / depth
        else:
            common += item in seen_short
            total += persistence**depth * (common / depth + at_short * (depth - len(short)) / (depth * len(short)))
    rest = (common - at_short) / len(long) + at_short / len(short)
    return min(1.0, total * (1 - persistence) / persistence + rest * persistence ** len(long))
