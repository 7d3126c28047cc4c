"""Choose one of several ways on labelled queries, and say what the choosing is worth on queries that it was not made on."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Figures = npt.NDArray[np.float64]

_RISK = 0.05


def choose(figures: Figures) -> int:
    """The row of the chosen way, of figures (ways × queries, higher is better) whose first row is the one to beat.

    Another one is chosen only when it is the best on average, and its gain, query by query, is beyond chance: its interval is as wide
    as it has to be when so many ways are tried (Bonferroni).
    """
    if len(figures) < 2 or figures.shape[1] < 2:
        return 0
    best = 1 + int(np.argmax(figures[1:].mean(axis=1)))
    gain = figures[best] - figures[0]
    beyond = NormalDist().inv_cdf(1 - _RISK / 2 / (len(figures) - 1)) * gain.std(ddof=1) / np.sqrt(len(gain))
    return best if gain.mean() > beyond else 0


def crossfitted(figures: Figures, folds: int) -> npt.NDArray[np.int64]:
    """The way (queries,) that is chosen for each query on the queries of the other folds, which are neighbours in their order."""
    chosen = np.zeros(figures.shape[1], np.int64)
    for fold in _folds(figures.shape[1], folds):
        chosen[fold] = choose(np.delete(figures, fold, axis=1))
    return chosen


def _folds(count: int, folds: int) -> Iterator[npt.NDArray[np.int64]]:
    yield from np.array_split(np.arange(count), min(folds, count)) if count else ()
