"""From spans that patterns matched to the evidence that is kept: one explanation of the same characters, and never the value."""

from collections.abc import Callable, Iterable, Iterator
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


# Addresses of the web and on the ground are places that other things stand in, not another reading of the same characters.
_PLACES = frozenset({"URL", "LOCATION"})
# Between two readings the longer is preferred by as much certainty for each code point, up to a length: a phone number that is part of
# an account number is less likely than the account number, and a town that is part of an address less than the address.
_LENGTH, _LONG, _LONG_PLACE = 0.01, 20, 60


def surest(spans: Iterable[Span]) -> list[Span]:
    """One reading of the same characters: without spans that overlap a surer one, or an equally sure one that is longer.

    What lies in a place (an address in the web or on the ground) stays beside it; a place inside of something surer goes: the host
    of an e-mail address. Gives the rest by (row, start, end descending).
    """
    kept: list[Span] = []
    for _, group in groupby(sorted(set(spans), key=lambda span: span.row), key=lambda span: span.row):
        for cluster in _clusters(sorted(group, key=lambda span: (span.start, -span.end))):
            kept += _read(cluster)
    return sorted(kept, key=_order)


def _clusters(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Spans of one document, by start, in groups that do not overlap each other."""
    cluster: list[Span] = []
    reach = -1
    for span in spans:
        if cluster and span.start >= reach:
            yield cluster
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end) if len(cluster) > 1 else span.end
    if cluster:
        yield cluster


def _read(cluster: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(cluster, key=lambda each: (-_weight(each), *_order(each))):
        if not any(_excludes(other, span) for other in kept):
            kept.append(span)
    return kept


def _excludes(kept: Span, span: Span) -> bool:
    """Whether a reading that was preferred leaves no room for another."""
    if kept.start >= span.end or span.start >= kept.end:
        return False
    if (kept.type in _PLACES) == (span.type in _PLACES):
        return True
    return span.type in _PLACES and kept.start <= span.start and span.end <= kept.end


def _weight(span: Span) -> float:
    longest = _LONG_PLACE if span.type in _PLACES else _LONG
    return span.score + _LENGTH * min(longest, span.end - span.start)


def _order(span: Span) -> tuple[int, int, int, float, str, str]:
    return span.row, span.start, -span.end, -span.score, span.type, span.rule


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
