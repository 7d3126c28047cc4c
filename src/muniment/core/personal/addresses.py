"""Addresses over several lines: the street above a unit; the unit, the town, the postcode and the country below a street."""

import re
from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from muniment.core.findings import Span

_PARTS = 6  # of one address below its street
# One part: a few words that each begin with a capital letter, or a code, with a number or without, up to a comma or the line's end.
_WORD = r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’()-]*|de|da|do|del|di|la|le|of)"
_PART = re.compile(
    rf"[ \t]*(?P<joint>,[ \t]*(?:\r?\n)?|\r?\n|(?<=\d)[ \t](?=(?:Apt|Suite|Ste|Unit)\b))[ \t>?|]*(?:\r?\n)?[ \t>?|]*,?[ \t]*"
    rf"(?P<part>(?:(?i:apt|apartment|suite|ste|unit|floor|flat)\.?[ ]?\w{{1,6}}|(?:\d{{4,6}}[ ])?{_WORD}(?:[ ]{_WORD}){{0,3}}"
    rf"(?:[ ]\d{{4,6}}(?:-\d{{3,4}})?)?|\d{{4,6}}(?:-\d{{3,4}})?))(?=[ \t]*(?:[,.?!;\r\n]|$|[a-z]))"
)
_UNIT = re.compile(r"(?i)(?:apt|apartment|suite|ste|unit|floor|flat)\b")
_POSTCODE = re.compile(r"\d{4,6}")
# A line that is a unit alone, and the end of the line above it: a number and a name, or names with capital letters.
_UNIT_LINE = r"(?i)^[>?|\s]*(?:apt|apartment|suite|ste|unit|floor|flat)\.? ?#?\d\w{0,5}[\s,.]*$"
_STREET_LINE = re.compile(
    rf"(?:^[>?|\s]*|(?<=\W)(?=\d)|(?<=[ ])(?=[^\W\d_a-zß-öø-ÿ]))(?P<street>(?:\d{{1,6}}[a-z]?[ ])*(?:{_WORD}[ ,]{{1,2}}){{0,5}}(?:{_WORD}|\d{{1,5}}[a-z]?\.?))[ ,]*\r?$"
)


def blocks(frame: pl.DataFrame) -> Iterator[Span]:
    """Streets above a line that names a unit alone, with that line; of a frame (row, start, line, before)."""
    for row, start, line, above in (
        frame.filter(pl.col("line").str.contains(_UNIT_LINE)).select("row", "start", "line", "before").iter_rows()
    ):
        street = _STREET_LINE.search(above)
        if street and any(map(str.isdigit, street["street"])):
            yield Span(
                row,
                start - 1 - len(above) + street.start("street"),
                start + len(line.rstrip(" \t\r,.")),
                "LOCATION",
                0.65,
                "street_block",
            )


def extended(documents: pa.Table, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans; those of streets with their unit, and with all down to the postcode where one follows within a few parts."""
    texts = pl.Series(pl.from_arrow(documents["text"]))
    row, text = -1, ""
    for span in sorted(spans, key=lambda each: each.row):
        if span.rule.startswith("street_"):
            if span.row != row:
                row, text = span.row, texts[span.row]
            span = span._replace(end=_end(text, span.end))
        yield span


def _end(text: str, end: int) -> int:
    sure = place = end
    for _ in range(_PARTS):
        match = _PART.match(text, place)
        if not match:
            break
        place = match.end("part")
        if _UNIT.match(match["part"]):
            sure = place
        if _POSTCODE.search(match["part"]):
            return place
    return sure
