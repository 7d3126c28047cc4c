"""What a whole document says about the names in it: a word that it also writes small is hardly one, and a name stays a name."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import pyarrow as pa

from muniment.core.findings import Span
from muniment.core.names.labels import RULES
from muniment.core.names.spans import LEANED, UNLIKELY, is_common, meet, small_words

REPEATED = 0.6
_NAMES = frozenset({"PERSON", "LOCATION", "NRP"})


def merged(texts: pa.ChunkedArray, spans: Iterable[Span]) -> Iterator[Span]:
    """Spans of all documents (`row` of `texts`), judged by their documents, and further places of the people they name."""
    for row, group in groupby(sorted(spans, key=lambda span: (span.row, span.start, -span.end)), key=lambda span: span.row):
        text = texts[row].as_py()
        judged = _judged(text, list(group))
        yield from judged
        yield from _repeated(text, judged)


def _judged(text: str, spans: list[Span]) -> list[Span]:
    """What the text announces takes the place of what the model says there; words that it also writes small score less."""
    told = [span for span in spans if span.rule in RULES]
    rest = [
        span for span in spans if span.rule not in RULES and not (span.type in _NAMES and any(meet(span, each) for each in told))
    ]
    small = small_words(text) if any(span.type in _NAMES for span in rest) else set()
    return told + [
        span._replace(score=UNLIKELY) if span.type in _NAMES and is_common(text[span.start : span.end], small) else span
        for span in rest
    ]


def _repeated(text: str, spans: list[Span]) -> Iterator[Span]:
    """Each further place of a person's full name, or of one word that was announced, which stands in no other span."""
    people = [span for span in spans if span.type == "PERSON" and span.score > LEANED]
    names = {value for span in people if _is_steady(value := text[span.start : span.end], span)}
    if not names:
        return
    taken = [span for span in spans if span.score > UNLIKELY]
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})(?!\w)", text):
        found = Span(spans[0].row, *match.span(), "PERSON", REPEATED, "repeated/PERSON")
        if not any(meet(found, other) for other in taken):
            yield found


def _is_steady(value: str, span: Span) -> bool:
    return value != value.lower() and "\n" not in value and (" " in value or (span.rule in RULES and len(value) > 3))
