"""Scoring of found spans against labelled ones: by type, by overlap of the span, and by overlap of characters."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from muniment.evaluate.metrics import Metrics, detection

OVERLAP = 0.5


class Labelled(NamedTuple):
    """A span of one document: code points `start` to `end` (exclusive), and its type."""

    start: int
    end: int
    type: str


Spans = Sequence[Sequence[Labelled]]  # of each document


def found(findings: pa.Table, documents: int, threshold: float) -> list[list[Labelled]]:
    """The findings that score at least `threshold`, by document; doc_id is the ordinal that `records.documents` gave."""
    spans: list[list[Labelled]] = [[] for _ in range(documents)]
    # Scores are kept as float32: 0.4 is 0.40000000596 there.
    kept = findings.filter(pc.greater_equal(findings["score"], pa.scalar(threshold, pa.float32())))
    for doc, start, end, kind in zip(*(kept[name].to_pylist() for name in ("doc_id", "start", "end", "type")), strict=True):
        spans[int(doc)].append(Labelled(start, end, kind))
    return spans


def score(predicted: Spans, expected: Spans, typed: bool = True) -> Metrics:
    """Detection quality of spans: a prediction is right when it takes an expected span of the same type at IoU ≥ 0.5.

    Each expected span is taken once, by the prediction that overlaps it most. With `typed` false, types do not matter.
    """
    right = [_matches(told, due, typed) for told, due in zip(predicted, expected, strict=True)]
    return detection(right, [len(told) for told in predicted], [len(due) for due in expected])


def characters(predicted: Spans, expected: Spans) -> Metrics:
    """Detection quality of characters, whatever the types: how much of what is personal would be covered."""
    told = [covered(spans) for spans in predicted]
    due = [covered(spans) for spans in expected]
    both = [len(a & b) for a, b in zip(told, due, strict=True)]
    return detection(both, [len(one) for one in told], [len(one) for one in due])


def covered(spans: Iterable[Labelled]) -> set[int]:
    """The code points that lie in any of the spans."""
    return {place for span in spans for place in range(span.start, span.end)}


def only(spans: Spans, types: Iterable[str]) -> list[list[Labelled]]:
    """The spans of the given types, by document."""
    wanted = frozenset(types)
    return [[span for span in each if span.type in wanted] for each in spans]


def _matches(predicted: Sequence[Labelled], expected: Sequence[Labelled], typed: bool) -> int:
    """How many pairs a greedy matching by falling overlap finds (above IoU 0.5 on disjoint spans it is the best matching)."""
    pairs = [
        (overlap, p, e)
        for p, told in enumerate(predicted)
        for e, due in enumerate(expected)
        if (not typed or told.type == due.type) and (overlap := _iou(told, due)) >= OVERLAP
    ]
    used: tuple[set[int], set[int]] = (set(), set())
    for _, p, e in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if p not in used[0] and e not in used[1]:
            used[0].add(p)
            used[1].add(e)
    return len(used[0])


def _iou(one: Labelled, other: Labelled) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / max(1, one.end - one.start + other.end - other.start - max(0, shared))
