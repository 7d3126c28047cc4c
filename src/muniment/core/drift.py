"""How far one distribution lies from another: one number for a property of two corpora."""

from collections.abc import Mapping
from math import log, log2

_LEAST = 1e-4  # share of a value that one side has not, as is usual for the population stability index


def divergence(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Jensen-Shannon divergence (Lin 1991) of two counts by value, in bits: 0 the same shares, 1 nothing in common.

    A side without anything has nothing that could have shifted: 0.
    """
    old, new = _shares(before), _shares(after)
    if not old or not new:
        return 0.0
    total = 0.0
    for value in {*old, *new}:
        first, second = old.get(value, 0.0), new.get(value, 0.0)
        middle = (first + second) / 2
        total += sum(each * log2(each / middle) / 2 for each in (first, second) if each)
    return min(1.0, max(0.0, total))


def stability(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Population stability index of two counts by value; below 0.1 is usually read as stable, above 0.25 as shifted."""
    old, new = _shares(before), _shares(after)
    if not old or not new:
        return 0.0
    pairs = ((max(old.get(value, 0.0), _LEAST), max(new.get(value, 0.0), _LEAST)) for value in {*old, *new})
    return sum((second - first) * log(second / first) for first, second in pairs)


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    whole = sum(counts.values())
    return {value: count / whole for value, count in counts.items() if count} if whole else {}
