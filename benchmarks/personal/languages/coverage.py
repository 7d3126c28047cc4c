"""What of the labelled texts is found: by language and type, and what is found where nothing is."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
from benchmarks.personal.languages.templates import Labelled as Text

from muniment.core import personal
from muniment.core.detector import Detector
from muniment.evaluate.metrics import Metric, share
from muniment.evaluate.records import documents
from muniment.evaluate.spans import Labelled, found, only, score

# Presidio has types of its own for papers of the United States; a passport of another country that is called by them, or the other
# way round, is found all the same.
_ALIKE = {"US_PASSPORT": "NATIONAL_ID", "US_DRIVER_LICENSE": "NATIONAL_ID", "US_ITIN": "NATIONAL_ID"}
# In Spanish a postcode is a place, as the annotators of clinical notes have it.
_PLACES = {"es": {"POSTCODE": "LOCATION"}}
_BATCH = 500


class Row(NamedTuple):
    """The quality of one type (empty: all structured types) in one language."""

    language: str
    type: str
    spans: int
    precision: Metric
    recall: Metric
    f1: Metric


def predicted(texts: Sequence[Text], threshold: float) -> list[list[Labelled]]:
    """What the detector of personal data finds in each text."""
    detector = personal.detector(b"benchmark")
    return [spans for first in range(0, len(texts), _BATCH) for spans in _found(detector, texts[first : first + _BATCH], threshold)]


def rows(language: str, texts: Sequence[Text], told: Sequence[Sequence[Labelled]], dates: bool = True) -> Iterator[Row]:
    """Quality by type, and first over all types."""
    due = [[Labelled(start, end, _type(language, kind)) for start, end, kind in each.spans if kind != "PLACE"] for each in texts]
    ours = [_read(language, text, spans) for text, spans in zip(texts, told, strict=True)]
    kinds = sorted({span.type for each in (*due, *ours) for span in each} - (set() if dates else {"DATE_TIME"}))
    for name, chosen in (("", kinds), *((kind, [kind]) for kind in kinds)):
        metrics = score(only(ours, chosen), only(due, chosen))
        none = Metric(0.0)
        yield Row(
            language, name, int(metrics["expected"].value), *(metrics.get(each, none) for each in ("precision", "recall", "f1"))
        )


def false_alarms(told: Sequence[Sequence[Labelled]]) -> Metric:
    """Findings in a thousand texts in which there is nothing."""
    return Metric(*(1000 * (each or 0.0) for each in share([len(spans) for spans in told])))


def _found(detector: Detector, texts: Sequence[Text], threshold: float) -> list[list[Labelled]]:
    table: pa.Table = documents(each.text for each in texts)
    return found(detector.detect(table), len(texts), threshold)


def _read(language: str, text: Text, spans: Sequence[Labelled]) -> list[Labelled]:
    """The spans under the types that are scored, without what is a place beside an address, or the rest of an address."""
    read = [_cut(span._replace(type=_type(language, span.type)), text) for span in spans]
    places = [(start, end) for start, end, kind in text.spans if kind == "PLACE"]
    return [
        span
        for span in read
        if span.type != "LOCATION" or not any(start <= span.start and span.end <= end for start, end in places)
    ]


def _cut(span: Labelled, text: Text) -> Labelled:
    """A place that begins where a labelled one does, without the town and the postcode behind."""
    ends = [
        end
        for start, end, kind in text.spans
        if span.type == "LOCATION" and kind in ("LOCATION", "POSTCODE") and start <= span.start < end < span.end
    ]
    if not ends:
        return span
    rest = [(start, end) for start, end, kind in text.spans if kind in ("PLACE", "POSTCODE") and start >= ends[0]]
    left = [place for place in range(ends[0], span.end) if text.text[place].isalnum() and not any(a <= place < b for a, b in rest)]
    return span if left else span._replace(end=ends[0])


def _type(language: str, kind: str) -> str:
    kind = _PLACES.get(language, {}).get(kind, kind)
    return _ALIKE.get(kind, kind)
