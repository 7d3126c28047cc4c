"""Special categories: findings that stand among words of health, of money or of children are more than their type says."""

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from muniment.core.findings import Span
from muniment.core.personal.context import compiled, gate
from muniment.policies.recognisers import category_words

WORDS = category_words()
_ANY = gate(word for words in WORDS.values() for word in words)
# Types that name nobody by themselves: a date, a machine, a place.
_OF_NOBODY = frozenset({"DATE_TIME", "IMEI", "IP_ADDRESS", "LOCATION", "MAC_ADDRESS", "URL", "UUID"})


def categorised(documents: pa.Table, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, each with the special category that the words around it tell, unless its recogniser told one."""
    texts = pl.Series(pl.from_arrow(documents["text"]))
    telling = set(texts.str.contains(_ANY).arg_true())
    row, text = -1, ""
    for span in sorted(spans, key=lambda each: each.row):
        if span.row not in telling or span.category or span.type in _OF_NOBODY:
            yield span
            continue
        if span.row != row:
            row, text = span.row, texts[span.row]
        yield span._replace(category=_told(_around(text, span)))


def _around(text: str, span: Span) -> str:
    """The line of the span and the one before it, at most 200 code points to each side."""
    before = text[max(0, span.start - 200) : span.start].split("\n")[-2:]
    return " ".join(before) + " \0 " + text[span.end : span.end + 200].split("\n")[0]


def _told(around: str) -> str | None:
    return next((category for category, words in WORDS.items() if compiled(words).search(around)), None)
