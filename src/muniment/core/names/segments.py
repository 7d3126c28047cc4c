"""What a named-entity model reads of documents: runs of lines that belong together, of bounded length, in ordinary case."""

import re

import polars as pl
import pyarrow as pa

from muniment.core.lines import lines

LONGEST = 1_000  # code points: a longer run of lines is cut at a line end

# A line that is broken at a margin goes on in the next one: it is not short, and nothing ends it.
_MARGIN, _ENDS = 40, r"[.!?:;|{}>]\s*$"
# A name, a place or a date: a capital or a digit at the beginning of a word. Text without capitals is read for what labels say.
_MAY_HOLD = r"(?:^|[^\pL\pN_])(?:\p{Lu}[\pL’']|\p{Lu}\.|[0-9])|[\pL]{2}[^\pL]+[\pL]{2}[^\pL]+[\pL]{2}"
# Statements of programs, markup, configuration and logs; ">" before a line is quotation.
CODE = r"[{}`=]|\s[<>]\s|;\s*$|<[/!a-zA-Z]|\w>|\pL\(|\pL_\pL|\pL\.\pL+[.(]|::|->|[a-z][A-Z][a-z]\w*[A-Z]|^\s*(?:[-/]{2}|#|\$)\s?\S|\s--?[a-z]"
# Two words of a name one after the other, which code has in its comments and literals.
_FULL_NAME = r"\p{Lu}\p{Ll}+[ ](?:\p{Lu}\.[ ])?\p{Lu}\p{Ll}+"

_SHOUTED = re.compile(r"[^\W\d_]{4,}")


def segments(documents: pa.Table) -> pl.DataFrame:
    """Segments that may hold a name: `row` (0…n-1 of `documents`), `start` (code points), `segment`, `code`; in order.

    A segment is a line, or lines that a margin broke, joined by "\\n" as they stand: `text[start:]` begins with it. Blank lines
    end a segment. It has at most `LONGEST` code points, or is one line. `code`: it looks like a program's, and is left out
    unless a full name may stand in it.
    """
    frame = lines(documents).with_columns(pl.col("line").str.len_chars().cast(pl.Int64).alias("length"))
    above = frame.select(pl.col("row", "start", "length", "line").shift(1))
    goes_on = (
        (above["row"] == frame["row"])
        & (above["start"] + above["length"] + 1 == frame["start"])
        & (above["length"] >= _MARGIN)
        & ~above["line"].str.contains(_ENDS)
    ).fill_null(False)
    frame = frame.with_columns((~goes_on).cum_sum().alias("run"))
    part = ((pl.col("length") + 1).cum_sum().over("run") - 1) // LONGEST
    joined = (
        frame.with_columns(part.alias("part"))
        .group_by("run", "part", maintain_order=True)
        .agg(pl.col("row").first(), pl.col("start").first(), pl.col("line").str.join("\n").alias("segment"))
        .filter(pl.col("segment").str.contains(_MAY_HOLD))
        .with_columns(pl.col("segment").str.contains(CODE).alias("code"))
    )
    return joined.filter(~pl.col("code") | pl.col("segment").str.contains(_FULL_NAME)).select("row", "start", "segment", "code")


def in_ordinary_case(text: str) -> str:
    """The text with words of capitals written as names are, character for character: the model learnt from ordinary text."""
    return _SHOUTED.sub(_capitalised, text)


def _capitalised(match: re.Match[str]) -> str:
    word = match[0]
    small = word[0] + word[1:].lower()
    return small if word.isupper() and len(small) == len(word) else word
