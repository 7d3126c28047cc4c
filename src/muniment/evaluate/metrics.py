"""Counts, precision, recall, F-measures, shares and AUC over documents, each with a 95% bootstrap confidence interval.

A task makes one row per document, this module makes named metrics of the columns. The bootstrap resamples documents, not
findings, because findings of one document depend on each other (Efron and Tibshirani 1993, percentile interval).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 20_260
_CELLS = 4_000_000  # of one block of resampled counts: bounds memory


class Metric(NamedTuple):
    """A figure, and its 95% confidence interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


Metrics = dict[str, Metric]
Column = npt.ArrayLike  # one number or truth value per document, shape (n,)
_Array = npt.NDArray[np.float64]


def detection(right: Column, predicted: Column, expected: Column) -> Metrics:
    """Detection quality from what was right, predicted and expected in each document, three columns of shape (n,).

    Gives `documents`, `right`, `predicted`, `expected` (exact counts) and `precision`, `recall`, `f1`, `f2` (van Rijsbergen
    1979). A ratio whose denominator is zero says nothing and is left out.
    """
    counts = _columns(right, predicted, expected)
    metrics = _counts(counts, "right", "predicted", "expected")
    totals = np.vstack([counts.sum(axis=0), _resampled(counts)])
    hit, told, due = totals.T
    ratios = {"precision": (hit, told), "recall": (hit, due), "f1": (2 * hit, told + due), "f2": (5 * hit, told + 4 * due)}
    return metrics | {name: _metric(*ratio) for name, ratio in ratios.items() if ratio[1][0] > 0}


def share(hits: Column, of: Column | None = None) -> Metric:
    """Sum of `hits` over sum of `of` (by default 1 for each document): accuracy, exact-match rate, mean nDCG, …

    Both have shape (n,). Raises `ValueError` when there is nothing to have a share of.
    """
    hits = np.asarray(hits, dtype=np.float64)
    columns = _columns(hits, np.ones_like(hits) if of is None else of)
    totals = np.vstack([columns.sum(axis=0), _resampled(columns)])
    if not totals[0, 1]:
        raise ValueError("a share of nothing is not defined")
    return _metric(totals[:, 0], totals[:, 1])


def auc(positive: Column, scores: Column) -> Metric:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann-Whitney U).

    `positive` and `scores` have shape (n,). Raises `ValueError` unless both classes occur.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=np.float64)
    if truth.all() or not truth.any():
        raise ValueError("AUC needs positive and negative documents")
    rows = _columns(truth, values)
    generator = np.random.default_rng(SEED)
    draws = [rows[generator.integers(len(rows), size=len(rows))] for _ in range(RESAMPLES)]
    areas = [_area(rows)] + [_area(draw) for draw in draws if 0 < draw[:, 0].sum() < len(draw)]
    return _metric(np.array(areas), np.ones(len(areas)))


def count(value: float) -> Metric:
    """An exact figure without an interval."""
    return Metric(float(value))


def under(prefix: str, metrics: Metrics) -> Metrics:
    """The same metrics with `prefix.` before each name."""
    return {f"{prefix}.{name}": metric for name, metric in metrics.items()}


def _columns(*columns: Column) -> _Array:
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _counts(columns: _Array, *names: str) -> Metrics:
    return {"documents": count(len(columns))} | {name: count(column.sum()) for name, column in zip(names, columns.T, strict=True)}


def _resampled(columns: _Array) -> _Array:
    """Column sums (RESAMPLES, k) of bootstrap samples of the rows of an (n, k) array.

    Rows with equal counts are exchangeable, so one resample is one multinomial draw over the distinct rows.
    """
    if not len(columns):
        return np.zeros((0, columns.shape[1]))
    rows, copies = np.unique(columns, axis=0, return_counts=True)
    generator = np.random.default_rng(SEED)
    block = max(1, _CELLS // len(rows))
    sizes = [min(block, RESAMPLES - first) for first in range(0, RESAMPLES, block)]
    return np.vstack([generator.multinomial(len(columns), copies / len(columns), size=size) @ rows for size in sizes])


def _metric(above: _Array, below: _Array) -> Metric:
    """The ratio: element 0 is the figure, the others are its resamples (those with an empty denominator are no evidence)."""
    ratios = above[below > 0] / below[below > 0]
    low, high = np.percentile(ratios[1:], [2.5, 97.5]) if len(ratios) > 1 else (ratios[0], ratios[0])
    return Metric(float(ratios[0]), float(low), float(high))


def _area(rows: _Array) -> float:
    positive, negative = rows[rows[:, 0] > 0, 1], np.sort(rows[rows[:, 0] == 0, 1])
    below = np.searchsorted(negative, positive, side="left") + np.searchsorted(negative, positive, side="right")
    return float(below.mean() / (2 * len(negative)))
