"""Taking found spans out of text, and showing a value without giving it away."""

import polars as pl
import pyarrow as pa

from muniment.errors import Corrupt

_HIDDEN = "•••"
REDACTED = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("redactions", pa.int32(), nullable=False),
    ]
)


def redact(documents: pa.Table, findings: pa.Table) -> pa.Table:
    """Put `[TYPE]` in the place of every finding.

    Takes `documents` (doc_id, text) and `findings` of schema FINDING, those that are to be acted on. Gives doc_id, text and
    `redactions` (how many placeholders) in the order of `documents`. Findings that overlap become one placeholder over all of
    their characters, so that no tail stays; its type is that of the surest, then of the widest. Raises `Corrupt` when a finding
    does not fit its text: then it is evidence about another text.
    """
    found = pl.DataFrame(pl.from_arrow(findings.select(["doc_id", "type", "start", "end", "score"]))).filter(
        pl.col("end") > pl.col("start")
    )
    texts = pl.DataFrame(pl.from_arrow(documents.select(["doc_id", "text"])))
    cuts = _united(found).group_by("doc_id").agg("start", "end", "type")
    touched = texts.join(cuts, on="doc_id")
    spliced = pl.DataFrame(
        {
            "doc_id": touched["doc_id"],
            "spliced": pl.Series(
                [_spliced(*row) for row in touched.select("text", "start", "end", "type").iter_rows()], dtype=pl.String
            ),
            "redactions": touched["start"].list.len().cast(pl.Int32),
        }
    )
    result = texts.join(spliced, on="doc_id", how="left", maintain_order="left").select(
        "doc_id", pl.coalesce("spliced", "text").alias("text"), pl.col("redactions").fill_null(0)
    )
    return result.to_arrow().cast(REDACTED)


def mask(value: str) -> str:
    """A value as a steward may see it: the first character of each part, never its length. `j•••@e•••.com`, `4•••`, `•••`.

    Of an address the last label stays whole; a value of fewer than six characters shows nothing.
    """
    value = value.strip()
    if len(value) < 6:
        return _HIDDEN
    local, at, domain = value.partition("@")
    host, dot, suffix = domain.rpartition(".")
    if at and local and host and suffix.isalpha():
        return f"{local[0]}{_HIDDEN}@{host[0]}{_HIDDEN}{dot}{suffix}"
    return f"{value[0]}{_HIDDEN}"


def _united(found: pl.DataFrame) -> pl.DataFrame:
    """One row (doc_id, start, end, type) for each group of overlapping spans, in order."""
    found = found.sort("doc_id", "start", "end")
    reach = pl.col("end").cum_max().shift(1, fill_value=-1).over("doc_id")
    found = found.with_columns((pl.col("start") >= reach).cast(pl.UInt32).cum_sum().over("doc_id").alias("group"))
    surest = pl.col("type").sort_by(["score", pl.col("end") - pl.col("start"), "type"], descending=[True, True, False]).first()
    united = found.group_by("doc_id", "group").agg(pl.col("start").min(), pl.col("end").max(), surest)
    return united.sort("doc_id", "start")


def _spliced(text: str, starts: list[int], ends: list[int], types: list[str]) -> str:
    if starts[0] < 0 or ends[-1] > len(text):
        raise Corrupt("A finding points outside of its text.", "Detect again: the evidence is about another text.")
    pieces, place = [], 0
    for start, end, kind in zip(starts, ends, types, strict=True):
        pieces += [text[place:start], f"[{kind}]"]
        place = end
    return "".join([*pieces, text[place:]])
