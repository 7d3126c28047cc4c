"""Values that lie far from the others, by the median and not the mean: an outlier does not hide itself.

Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers: modified z-score 0.6745 · (x − median) / MAD, beyond 3.5.
"""

import polars as pl

LIMIT = 3.5
_SCALE = 0.6745


def outliers(values: pl.DataFrame, logarithmic: bool = False, limit: float = LIMIT) -> pl.DataFrame:
    """Rows of `doc_id`, `value` that are outliers, with `score`, the furthest first; none where more than half the values are equal.

    logarithmic: measure by ln(1 + value), for what is spread over magnitudes (lengths).
    """
    value = pl.col("value").log1p() if logarithmic else pl.col("value")
    scaled = values.drop_nulls().with_columns(scaled=value)
    median = scaled["scaled"].median()
    spread = (scaled["scaled"] - median).abs().median() if scaled.height else None
    if not spread:
        return scaled.drop("scaled").with_columns(score=pl.lit(0.0)).clear()
    score = _SCALE * (pl.col("scaled") - median) / spread
    found = scaled.with_columns(score=score).filter(pl.col("score").abs() > limit)
    return found.sort(pl.col("score").abs(), "doc_id", descending=[True, False]).drop("scaled")
