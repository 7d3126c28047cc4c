"""How far two people agree beyond chance."""

from collections import Counter
from collections.abc import Hashable, Sequence


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa (Cohen 1960) of two people's labels of the same n things: 1 full agreement, 0 what chance would give.

    None when there is nothing, or when both gave everything the same single label: chance explains all then, and kappa is not defined.
    Raises `ValueError` for lists of different lengths.
    """
    if len(first) != len(second):
        raise ValueError("both must have labelled the same things")
    if not first:
        return None
    observed = sum(one == other for one, other in zip(first, second, strict=True)) / len(first)
    mine, theirs = Counter(first), Counter(second)
    chance = sum(count * theirs[label] for label, count in mine.items()) / len(first) ** 2
    return None if chance == 1 else (observed - chance) / (1 - chance)
