"""One ranking out of several: by ranks (Cormack, Clarke and Büttcher, SIGIR 2009), or by scores (Bruch, Gai and Ingber 2023)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

DAMPING = 60  # the paper's k: how little the first ranks stand out


def fuse(rankings: Sequence[Positions], weights: Sequence[float] | None = None, k: int = 10) -> tuple[Scores, Positions]:
    """The best `k` of several rankings of positions (best first, −1 is padding): score = Σ weight / (60 + rank), ranks from 1.

    Returns scores and positions, both of length ≤ k, by falling score and then rising position. A position repeated in one ranking
    counts once, at its best rank. Raises `ValueError` when there is not one non-negative weight for each ranking.
    """
    weights = [1.0] * len(rankings) if weights is None else weights
    if len(weights) != len(rankings) or min(weights, default=0.0) < 0:
        raise ValueError("Give one non-negative weight for each ranking.")
    parts = [_distinct(ranking) for ranking in rankings]
    found, where = np.unique(np.concatenate([np.empty(0, np.int64), *parts]), return_inverse=True)
    shares = [weight / (DAMPING + 1 + np.arange(len(part))) for weight, part in zip(weights, parts, strict=True)]
    scores = np.zeros(len(found))
    np.add.at(scores, where, np.concatenate([np.empty(0), *shares]))
    best = np.lexsort((found, -scores))[:k]
    return scores[best], found[best]


def combine(
    rankings: Sequence[tuple[Scores, Positions]], weights: Sequence[float], missing: Sequence[float], k: int = 10
) -> tuple[Scores, Positions]:
    """The best `k` by the weighted sum of scores, which must be on one scale; a ranking gives `missing` to what it does not hold.

    Returns scores and positions as `fuse` does. No position may be repeated in a ranking.
    """
    if not len(rankings) == len(weights) == len(missing) or min(weights, default=0.0) < 0:
        raise ValueError("Give one non-negative weight, and what a missing position counts, for each ranking.")
    found = np.unique(np.concatenate([np.empty(0, np.int64), *(positions for _, positions in rankings)]))
    scores = np.zeros(len(found))
    for (values, positions), weight, instead in zip(rankings, weights, missing, strict=True):
        own = np.full(len(found), instead, np.float64)
        own[np.searchsorted(found, positions)] = values
        scores += weight * own
    best = np.lexsort((found, -scores))[:k]
    return scores[best], found[best]


def _distinct(ranking: Positions) -> Positions:
    real = ranking[ranking >= 0]
    _, first = np.unique(real, return_index=True)
    return real[np.sort(first)]
