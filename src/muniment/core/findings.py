"""From spans that patterns matched to the evidence that is kept: one explanation of the same characters, and never the value."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa

from muniment.core.identity import keyed_hash
from muniment.schemas.evidence import FINDING


class Span(NamedTuple):
    """What a pattern matched in document `row`: code points `start` to `end` (exclusive), and how sure it is (0 to 1)."""

    row: int
    start: int
    end: int
    type: str
    score: float
    rule: str = ""
    category: str | None = None


# An address of the web is a place that things stand in, not another reading of the same characters.
_PLACES = frozenset({"URL"})


def surest(spans: Iterable[Span]) -> list[Span]:
    """Without spans that lie inside a surer one: the host in an e-mail address, the phone number in a card number.

    A span inside one of its own type goes also when both are equally sure. Gives the rest by (row, start, end descending).
    """
    kept: list[Span] = []
    around: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.row, span.start, -span.end, -span.score, span.type, span.rule)):
        around = [other for other in around if other.row == span.row and other.end > span.start]
        if not any(_explains(other, span) for other in around):
            kept.append(span)
            around.append(span)
    return kept


def findings(documents: pa.Table, spans: Iterable[Span], detector: str, key: bytes, normal: Callable[[str, str], str]) -> pa.Table:
    """Table of schema FINDING for spans in `documents` (doc_id, text), sorted by (doc_id, start).

    `normal` takes type and value and gives the form under which equal values are equal; only its keyed hash is kept.
    """
    rows: list[tuple[str, str, str, str, str | None, int, int, float, str]] = []
    for row, group in groupby(sorted(spans, key=lambda span: span.row), key=lambda span: span.row):
        doc_id, text = documents["doc_id"][row].as_py(), documents["text"][row].as_py()
        for span in group:
            hashed = keyed_hash(key, span.type, normal(span.type, text[span.start : span.end]))
            rows.append((doc_id, detector, span.rule, span.type, span.category, span.start, span.end, span.score, hashed))
    columns = list(zip(*sorted(rows, key=lambda row: (row[0], row[5], row[6], row[3])), strict=True)) or [()] * len(FINDING)
    return pa.table([pa.array(column, each.type) for column, each in zip(columns, FINDING, strict=True)], schema=FINDING)


def _explains(wide: Span, narrow: Span) -> bool:
    if wide.end < narrow.end:
        return False
    if wide.type == narrow.type:
        return wide.score >= narrow.score
    return wide.type not in _PLACES and wide.score > narrow.score
