"""Systematic samples of strata, and the rates that their labels give: Cochran, Sampling Techniques (1977), chapters 5 and 8."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from muniment.schemas.canonical import digest

_Z = 1.959963984540054  # of a 95% interval


class Rate(NamedTuple):
    """A share with its 95% interval, and how many labels it rests on."""

    share: float
    low: float
    high: float
    labels: int


def allocate(populations: Mapping[str, int], size: int) -> dict[str, int]:
    """How many to draw of each stratum: in proportion to the root of its population, so that rare ones are seen, at least one and at
    most all. Together `size`, or one a stratum where that is more, or the whole population where that is less."""
    drawn = {name: min(1, count) for name, count in sorted(populations.items())}
    left = min(size, sum(populations.values())) - sum(drawn.values())
    while left > 0:
        # To the one that is furthest behind its share: as Hill's method apportions seats, with roots for populations.
        open_ = [name for name in drawn if drawn[name] < populations[name]]
        behind = max(open_, key=lambda name: (sqrt(populations[name]) / sqrt(drawn[name] * (drawn[name] + 1)), name))
        drawn[behind] += 1
        left -= 1
    return drawn


def systematic(population: int, size: int, seed: str) -> list[int]:
    """Positions of a systematic sample: every k-th (k = population / size) from a start below k that the seed gives."""
    if size <= 0:
        return []
    step = population / min(size, population)
    start = int(digest(seed)[:13], 16) / 16**13 * step
    return [int(start + number * step) for number in range(min(size, population))]


def rate(hits: Sequence[bool], weights: Sequence[float]) -> Rate:
    """The weighted share of hits, with Wilson's interval over the effective number of labels (Kish: (Σw)² / Σw²).

    weights: how many documents each label stands for.
    """
    if not hits:
        return Rate(0.0, 0.0, 1.0, 0)
    total = sum(weights)
    share = sum(weight for hit, weight in zip(hits, weights, strict=True) if hit) / total
    n = total**2 / sum(weight**2 for weight in weights)
    centre, spread = share + _Z**2 / (2 * n), _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    return Rate(share, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), len(hits))
