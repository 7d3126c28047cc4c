"""Documents as lines with their place in the text: what pattern detectors look at, so that a cheap gate can pick the few that matter."""

import re

import polars as pl
import pyarrow as pa

# Longer lines (minified code, encoded data) are cut: patterns that look far ahead are quadratic in the length of a line.
LONGEST = 2_000
_ABOVE = 200
_CUT = re.compile(r"^\S+")


def lines(documents: pa.Table, longest: int | None = LONGEST, blank: bool = False) -> pl.DataFrame:
    """The lines of each document that hold more than white space, in order; with `blank` all that hold anything.

    Takes a table with `text` (n rows); gives `row` (0…n-1), `start` (offset of the line in code points), `line` without its
    "\\n", and `before`: the line above it in the same document, at most the words in its last 200 code points. A line of more than
    `longest` code points comes in pieces that end at white space where there is any, so a match across a cut is not seen.
    """
    text = pl.Series("line", pl.from_arrow(documents["text"]))
    frame = pl.DataFrame({"row": pl.int_range(len(text), dtype=pl.UInt32, eager=True), "line": text.str.split("\n")}).explode(
        "line"
    )
    frame = frame.with_columns(pl.col("line").str.len_chars().cast(pl.Int64).alias("length"))
    width = pl.col("length") + 1  # with its "\n"
    frame = frame.with_columns(
        (width.cum_sum().over("row") - width).alias("start"),
        _last_words(pl.col("line").shift(1, fill_value="").over("row")).alias("before"),
    ).filter(pl.col("line") != "" if blank else pl.col("line").str.contains(r"\S"))
    columns = ["row", "start", "line", "before"]
    if longest is None:
        return frame.select(columns)
    short, long = frame.filter(pl.col("length") <= longest), frame.filter(pl.col("length") > longest)
    pieces = [piece for row in long.iter_rows(named=True) for piece in _pieces(row, longest)]
    cut = pl.DataFrame(pieces, schema=short.select(columns).schema)
    return pl.concat([short.select(columns), cut]).sort("row", "start")


def _pieces(line: dict[str, object], longest: int) -> list[dict[str, object]]:
    text, start, before, found = str(line["line"]), int(str(line["start"])), line["before"], []
    place = 0
    while place < len(text):
        end = place + longest
        if end < len(text):
            end = max(text.rfind(" ", place + 1, end) + 1, text.rfind("\t", place + 1, end) + 1) or end
        found.append({"row": line["row"], "start": start + place, "line": text[place:end], "before": before})
        before, place = text[:end] if end <= _ABOVE else _CUT.sub("", text[end - _ABOVE : end]), end
    return found


def _last_words(line: pl.Expr) -> pl.Expr:
    """The end of a line; of a longer one without the word that the cut went through."""
    end = line.str.tail(_ABOVE)
    return pl.when(line.str.len_chars() > _ABOVE).then(end.str.replace(r"^\S+", "")).otherwise(end)
