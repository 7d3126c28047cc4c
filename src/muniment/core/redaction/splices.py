"""Redaction: one replacement over each group of overlapping findings, and a record of where it stands.

Taking a value out can make a new one: two halves of a number meet, or the name of a type is a context word for the digits beside it. So
what was written is searched again, what is found then is taken out with all that it touches, and a text in which that does not
end is taken out whole.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.redaction.assembly import Pieces, taken_apart
from muniment.core.redaction.forms import written
from muniment.core.redaction.offsets import Splice, to_captured
from muniment.core.redaction.spans import asked, united
from muniment.policies.redaction import Redaction
from muniment.schemas.chunk import PROMOTED

REDACTED = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("redactions", pa.int32(), nullable=False),
        pa.field("pseudonyms", pa.int32(), nullable=False),  # how many of the redactions are pseudonyms
        PROMOTED.field("splices"),
    ]
)
Search = Callable[[pa.Table], pa.Table]

_TURNS = 6  # of searching again; two are enough for nearly every text
_CUT = ["doc_id", "start", "end", "type", "keyed_hash", "form"]
_PLAIN = Redaction()
_NONE = pl.lit([], pl.List(pl.Struct({"start": pl.Int32, "end": pl.Int32, "length": pl.Int32})))


def redact(
    documents: pa.Table, findings: pa.Table, how: Redaction = _PLAIN, key: bytes = b"", again: Search | None = None
) -> pa.Table:
    """Replace every finding as `how` says: by `[TYPE]`, by a mask, or by a pseudonym under `key`.

    Takes `documents` (doc_id, text) and `findings` of schema FINDING, those that are to be acted on. Gives rows of `REDACTED` in the
    order of `documents`. Findings that overlap become one replacement over all of their characters, so that no tail stays.
    `again` takes documents and gives what is still to be acted on in them: with it nothing of the kind is left but inside the
    replacements (a pseudonym that is an address is found as one). Raises `Corrupt` when a finding does not fit its text: then it is
    evidence about another text.
    """
    texts = pl.DataFrame(pl.from_arrow(documents.select(["doc_id", "text"])))
    found = asked(findings, how)
    cuts, done = _spliced(texts, united(found), key)
    results, checked = [done], done
    for turn in range(_TURNS + 1 if again else 0):
        left = _left(again(_arrow(checked)), checked, cuts) if again and checked.height else found.clear()
        if left.is_empty():
            break
        open_texts = texts.join(left, on="doc_id", how="semi", maintain_order="left")
        found = pl.concat([found.join(left, on="doc_id", how="semi"), left if turn < _TURNS else _whole(open_texts, left)])
        cuts, checked = _spliced(open_texts, united(found), key)
        results.append(checked)
    return _in_order(texts, results)


def _in_order(texts: pl.DataFrame, results: list[pl.DataFrame]) -> pa.Table:
    """Every document with its last result, or as it was."""
    last = pl.concat(results).unique("doc_id", keep="last").rename({"text": "spliced"})
    whole = texts.join(last, on="doc_id", how="left", maintain_order="left").select(
        "doc_id",
        pl.coalesce("spliced", "text").alias("text"),
        pl.col("redactions", "pseudonyms").fill_null(0),
        pl.coalesce("splices", _NONE).alias("splices"),
    )
    return whole.to_arrow().cast(REDACTED)


def _spliced(texts: pl.DataFrame, cuts: pl.DataFrame, key: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cuts with length and kind of their replacements; and doc_id, text, redactions, … of each document that has cuts."""
    cuts = cuts.join(texts.select("doc_id"), on="doc_id", how="semi", maintain_order="left")
    counts = cuts.group_by("doc_id", maintain_order=True).len()
    rows = counts.join(texts, on="doc_id", maintain_order="left")
    counted, starts, ends = (column.to_numpy().astype(np.int64) for column in (rows["len"], cuts["start"], cuts["end"]))
    apart = taken_apart(rows.select("text").to_arrow()["text"].cast(pa.large_string()).combine_chunks(), counted, starts, ends)
    cuts = _replaced(cuts, apart, key)
    spliced = apart.joined(cuts.select("written").to_arrow()["written"].cast(pa.large_string()).combine_chunks())
    done = cuts.group_by("doc_id", maintain_order=True).agg(
        pl.len().cast(pl.Int32).alias("redactions"),
        (pl.col("form") == "pseudonym").sum().cast(pl.Int32).alias("pseudonyms"),
        pl.struct(pl.col("start", "end", "length").cast(pl.Int32)).alias("splices"),
    )
    text = pl.Series("text", pl.from_arrow(spliced), pl.String)
    return cuts.drop("written"), done.with_columns(text).select("doc_id", "text", "redactions", "pseudonyms", "splices")


def _replaced(cuts: pl.DataFrame, apart: Pieces, key: bytes) -> pl.DataFrame:
    """The cuts with what is `written` in their place, its `length` in code points, and whether it is `formed` like the value."""
    cuts = cuts.with_row_index("number").with_columns(written=pl.concat_str(pl.lit("["), "type", pl.lit("]")), formed=pl.lit(False))
    others = cuts.filter(pl.col("form") != "redact")
    if others.height:
        numbers = others["number"].to_numpy().astype(np.int64)
        asked_for = zip(*(others[name].to_list() for name in ("form", "type", "keyed_hash")), strict=True)
        around = zip(apart.values(numbers), apart.neighbours(numbers), strict=True)
        made = [
            written(form, kind, hashed, key, value, *beside)
            for (form, kind, hashed), (value, beside) in zip(asked_for, around, strict=True)
        ]
        columns = pl.DataFrame(
            {"number": others["number"], "other": [text for text, _ in made], "kept": [kept for _, kept in made]}
        )
        cuts = cuts.join(columns, on="number", how="left", maintain_order="left").with_columns(
            written=pl.coalesce("other", "written"), formed=pl.coalesce("kept", "formed")
        )
    return cuts.with_columns(length=pl.col("written").str.len_chars().cast(pl.Int32)).select(*_CUT, "written", "length", "formed")


def _left(findings: pa.Table, done: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    """What was found in redacted texts, as spans of the captured ones that are to be redacted whole; without what lies in a tag, or in a
    pseudonym of its own type."""
    found = asked(findings, _PLAIN)
    splices = {doc_id: [Splice(**each) for each in rows] for doc_id, rows in done.select("doc_id", "splices").iter_rows()}
    spans = [to_captured(splices[doc_id], start, end) for doc_id, start, end in found.select("doc_id", "start", "end").iter_rows()]
    starts, ends = zip(*spans, strict=True) if spans else ((), ())
    found = found.with_columns(pl.Series("start", starts, pl.Int32), pl.Series("end", ends, pl.Int32))
    own = cuts.filter((pl.col("form") == "redact") | pl.col("formed")).select("doc_id", "start", "end", kind="type", said="form")
    same = found.join(own, on=["doc_id", "start", "end"], how="left", maintain_order="left")
    ours = (pl.col("said") == "redact") | (pl.col("kind") == pl.col("type"))
    return same.filter(~ours.fill_null(False)).select(found.columns)


def _whole(texts: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """One span over each text."""
    first = left.unique("doc_id", keep="first", maintain_order=True).drop("start", "end")
    ends = texts.select("doc_id", start=pl.lit(0, pl.Int32), end=pl.col("text").str.len_chars().cast(pl.Int32))
    return first.join(ends, on="doc_id").select(left.columns)


def _arrow(frame: pl.DataFrame) -> pa.Table:
    texts = frame.select("doc_id", "text").to_arrow()
    return texts.cast(pa.schema([REDACTED.field("doc_id"), REDACTED.field("text")]))
