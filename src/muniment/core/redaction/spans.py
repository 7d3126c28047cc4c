"""Which characters are to be replaced: findings united where they overlap, with what is written in their place."""

import polars as pl
import pyarrow as pa

from muniment.policies.redaction import Redaction

_BEYOND = 1 << 32  # no offset reaches it
_UNITED = ["doc_id", "start", "end", "type", "keyed_hash", "form"]
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
    # One number line for all documents, so that the furthest end so far is one running maximum.
    base = (pl.col("doc_id") != pl.col("doc_id").shift(1)).fill_null(False).cast(pl.Int64).cum_sum() * _BEYOND
    apart = (base + pl.col("start") >= (base + pl.col("end")).cum_max().shift(1)).fill_null(True)
    found = found.with_columns(apart.alias("apart"))
    found = found.with_columns(
        pl.col("apart").cum_sum().alias("group"),
        (pl.col("apart") & pl.col("apart").shift(-1, fill_value=True)).alias("alone"),
    )
    # Nearly all findings overlap no other one: only the rest need the work of uniting.
    alone, groups = found.filter("alone"), found.filter(~pl.col("alone"))
    order = ["score", pl.col("end") - pl.col("start"), "type", "keyed_hash"]
    surest = pl.col("type", "keyed_hash").sort_by(order, descending=[True, True, False, False]).first()
    form = pl.when(pl.col("form").n_unique() == 1).then(pl.col("form").first()).otherwise(pl.lit("redact"))
    made = groups.group_by("doc_id", "group").agg(pl.col("start").min(), pl.col("end").max(), surest, form.alias("form"))
    return pl.concat([alone.select(_UNITED), made.select(_UNITED)]).sort("doc_id", "start")
