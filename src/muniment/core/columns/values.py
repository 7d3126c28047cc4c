"""What the values of columns are, by the detector of personal data: one call over the distinct values of all columns."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector

_MOST = 0.5  # of a value's code points
_MORE = 1.2  # times as many values as one type alone must be covered by several together
_TEXTS = pa.schema([("doc_id", pa.string()), ("text", pa.large_string())])
_SURE = 0.8  # score of a finding that needs nothing else


class Held(NamedTuple):
    """What was found in a column: the type that covers most of the most values, its share of all values, and how sure it is (0 to 1)."""

    type: str
    share: float
    sure: float
    several: bool = False  # no single type covers the values, but findings of several do together


NOTHING = Held("", 0.0, 0.0)


def held(
    columns: Mapping[str, pl.Series], contexts: Mapping[str, str], own: Mapping[str, str], passed: Sequence[str], detector: Detector
) -> dict[str, Held]:
    """By column, what its values are. `contexts` are the words that each value is read after; types in `passed` do not count but in
    a column whose `own` type, by its name, is that."""
    frames = [_distinct(name, values, contexts[name]) for name, values in columns.items() if len(values)]
    if not frames:
        return {}
    frame = pl.concat(frames).with_row_index("at").with_columns(pl.col("at").cast(pl.String).str.zfill(8).alias("doc_id"))
    texts = frame.select("doc_id", pl.concat_str("context", "value").alias("text")).to_arrow().cast(_TEXTS)
    found = pl.DataFrame(pl.from_arrow(detector.detect(texts))).join(frame, on="doc_id")
    named = pl.col("column").replace_strict(dict(own), default="", return_dtype=pl.String)
    covered = _covered(found.filter(~pl.col("type").is_in(list(passed)) | (pl.col("type") == named)))
    total = frame.group_by("column").agg(pl.col("count").sum().alias("total"))
    single = _shares(covered.filter(pl.col("cover") >= _MOST), total, ["column", "type"])
    whole = covered.group_by("at", "column", "count").agg(
        pl.col("cover").sum(), pl.col("score").max(), pl.col("type").sort_by("cover", descending=True).first()
    )
    several = _shares(whole.filter(pl.col("cover") >= _MOST), total, ["column"])
    return {name: _best(single.filter(pl.col("column") == name), several.filter(pl.col("column") == name)) for name in columns}


def _distinct(name: str, values: pl.Series, context: str) -> pl.DataFrame:
    counts = values.alias("value").value_counts(sort=False).sort("value")
    return counts.with_columns(
        pl.col("count").cast(pl.Int64), pl.lit(name).alias("column"), pl.lit(f"{context}: " if context else "").alias("context")
    )


def _covered(found: pl.DataFrame) -> pl.DataFrame:
    """Frame (at, column, count, type, cover, score): how much of a value findings of one type cover."""
    before, size = pl.col("context").str.len_chars().cast(pl.Int64), pl.col("value").str.len_chars().cast(pl.Int64)
    inside = (pl.min_horizontal(pl.col("end") - before, size) - pl.max_horizontal(pl.col("start") - before, 0)).clip(0)
    by = found.with_columns((inside / size).alias("cover")).group_by("at", "column", "count", "type", maintain_order=True)
    return by.agg(pl.col("cover").sum(), pl.col("score").max())


def _shares(covered: pl.DataFrame, total: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    weight = pl.col("count")
    found = covered.group_by(by).agg(
        weight.sum().alias("hits"),
        ((pl.col("score") / _SURE).clip(0, 1) * weight).sum() / weight.sum(),
        pl.col("type").mode().sort().first().alias("kind"),
    )
    return found.join(total, on="column").with_columns((pl.col("hits") / pl.col("total")).alias("share"))


def _best(single: pl.DataFrame, several: pl.DataFrame) -> Held:
    found = [
        Held(row["kind"], row["share"], row["score"])
        for row in single.sort("share", "kind", descending=[True, False]).head(1).to_dicts()
    ]
    found += [Held(row["kind"], row["share"], row["score"], True) for row in several.to_dicts()]
    best = found[0] if found else NOTHING
    # Several types count where no single one is in nearly as many values: rows of an address book.
    return found[-1] if found and found[-1].share > _MORE * best.share else best
