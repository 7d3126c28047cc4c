"""Which characters are to be replaced: findings united where they overlap, with what is written in their place."""

import polars as pl
import pyarrow as pa

from muniment.policies.redaction import Redaction

_COLUMNS = ["doc_id", "type", "start", "end", "score", "keyed_hash"]


def asked(findings: pa.Table, how: Redaction) -> pl.DataFrame:
    """Findings (schema FINDING) as rows of doc_id, type, start, end, score, keyed_hash and `form`, the empty ones left out."""
    found = pl.DataFrame(pl.from_arrow(findings.select(_COLUMNS))).filter(pl.col("end") > pl.col("start"))
    forms = {kind: how.form(kind) for kind in found["type"].unique()}
    form = pl.col("type").replace_strict(forms, return_dtype=pl.String) if forms else pl.lit(None, pl.String)
    return found.with_columns(form.alias("form"))


def united(found: pl.DataFrame) -> pl.DataFrame:
    """One row (doc_id, start, end, type, keyed_hash, form) for each group of overlapping spans, in order.

    Its type is that of the surest, then of the widest. Where findings of a group ask for different forms it is redacted, which
    shows the least.
    """
    found = found.sort("doc_id", "start", "end")
    reach = pl.col("end").cum_max().shift(1, fill_value=-1).over("doc_id")
    found = found.with_columns((pl.col("start") >= reach).cast(pl.UInt32).cum_sum().over("doc_id").alias("group"))
    order = ["score", pl.col("end") - pl.col("start"), "type", "keyed_hash"]
    surest = pl.col("type", "keyed_hash").sort_by(order, descending=[True, True, False, False]).first()
    form = pl.when(pl.col("form").n_unique() == 1).then(pl.col("form").first()).otherwise(pl.lit("redact"))
    return (
        found.group_by("doc_id", "group")
        .agg(pl.col("start").min(), pl.col("end").max(), surest, form.alias("form"))
        .sort("doc_id", "start")
        .drop("group")
    )
