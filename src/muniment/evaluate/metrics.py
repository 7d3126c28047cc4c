"""Counts, precision, recall, F-measures, shares and AUC over documents, each with a 95% bootstrap confidence interval.

A task makes one row per document, this module makes named metrics of the columns; core/metrics/intervals.py has the bootstrap.
"""

import numpy as np

from muniment.core.metrics.intervals import RESAMPLES, SEED, Array, Column, Metric, ratio, resampled, share, stacked

__all__ = ["Metric", "Metrics", "auc", "count", "detection", "share", "under"]

Metrics = dict[str, Metric]


def detection(right: Column, predicted: Column, expected: Column) -> Metrics:
    """Detection quality from what was right, predicted and expected in each document, three columns of shape (n,).

    Gives `documents`, `right`, `predicted`, `expected` (exact counts) and `precision`, `recall`, `f1`, `f2` (van Rijsbergen
    1979). A ratio whose denominator is zero says nothing and is left out.
    """
    counts = stacked(right, predicted, expected)
    metrics = _counts(counts, "right", "predicted", "expected")
    totals = np.vstack([counts.sum(axis=0), resampled(counts)])
    hit, told, due = totals.T
    ratios = {"precision": (hit, told), "recall": (hit, due), "f1": (2 * hit, told + due), "f2": (5 * hit, told + 4 * due)}
    return metrics | {name: ratio(*each) for name, each in ratios.items() if each[1][0] > 0}


def auc(positive: Column, scores: Column) -> Metric:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann-Whitney U).

    `positive` and `scores` have shape (n,). Raises `ValueError` unless both classes occur.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=np.float64)
    if truth.all() or not truth.any():
        raise ValueError("AUC needs positive and negative documents")
    rows = stacked(truth, values)
    generator = np.random.default_rng(SEED)
    draws = [rows[generator.integers(len(rows), size=len(rows))] for _ in range(RESAMPLES)]
    areas = [_area(rows)] + [_area(draw) for draw in draws if 0 < draw[:, 0].sum() < len(draw)]
    return ratio(np.array(areas), np.ones(len(areas)))


def count(value: float) -> Metric:
    """An exact figure without an interval."""
    return Metric(float(value))


def under(prefix: str, metrics: Metrics) -> Metrics:
    """The same metrics with `prefix.` before each name."""
    return {f"{prefix}.{name}": metric for name, metric in metrics.items()}


def _counts(columns: Array, *names: str) -> Metrics:
    return {"documents": count(len(columns))} | {name: count(column.sum()) for name, column in zip(names, columns.T, strict=True)}


def _area(rows: Array) -> float:
    positive, negative = rows[rows[:, 0] > 0, 1], np.sort(rows[rows[:, 0] == 0, 1])
    below = np.searchsorted(negative, positive, side="left") + np.searchsorted(negative, positive, side="right")
    return float(below.mean() / (2 * len(negative)))
