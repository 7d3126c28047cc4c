"""A figure and its 95% bootstrap confidence interval (Efron and Tibshirani 1993, percentile interval); seeded: the same rows, the same interval.

What is resampled are rows (documents, queries), since what is counted within one row depends on the rest of it.
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


Column = npt.ArrayLike  # one number or truth value per row, shape (n,)
Array = npt.NDArray[np.float64]


def share(hits: Column, of: Column | None = None) -> Metric:
    """Sum of `hits` over sum of `of` (by default 1 for each row): accuracy, exact-match rate, mean nDCG, …

    Both have shape (n,). Raises `ValueError` when there is nothing to have a share of.
    """
    hits = np.asarray(hits, dtype=np.float64)
    columns = stacked(hits, np.ones_like(hits) if of is None else of)
    totals = np.vstack([columns.sum(axis=0), resampled(columns)])
    if not totals[0, 1]:
        raise ValueError("a share of nothing is not defined")
    return ratio(totals[:, 0], totals[:, 1])


def difference(after: Column, before: Column) -> Metric:
    """Mean of `after` less mean of `before`, two columns (n,) about the same n rows: the pairs are resampled, so that what makes a row
    hard for both does not widen the interval. Raises `ValueError` when there is no row."""
    return share(np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64))


def stacked(*columns: Column) -> Array:
    """Columns of n as one array (n, k)."""
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def resampled(columns: Array) -> Array:
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


def ratio(above: Array, below: Array) -> Metric:
    """The ratio: element 0 is the figure, the others are its resamples (those with an empty denominator are no evidence)."""
    ratios = above[below > 0] / below[below > 0]
    low, high = np.percentile(ratios[1:], [2.5, 97.5]) if len(ratios) > 1 else (ratios[0], ratios[0])
    return Metric(float(ratios[0]), float(low), float(high))
