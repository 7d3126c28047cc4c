"""`muniment eval pii`: personal data, by type, over all structured types, over all types, and by characters."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from muniment.core import names, personal
from muniment.core.detector import Detector
from muniment.core.findings import Span, surest
from muniment.errors import Corrupt, NotFound
from muniment.evaluate import spans
from muniment.evaluate.metrics import Metrics, under
from muniment.evaluate.records import documents, records
from muniment.evaluate.report import Options, Outcome, system, timed
from muniment.evaluate.spans import Labelled
from muniment.schemas.evidence import FINDING
from muniment.store.models import name_models

# Hashes of values are not scored, so any key serves.
_KEY = b"evaluation"

# Types that have a form of their own; the others (names, places, dates) are free text.
STRUCTURED = (
    *("CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "MEDICAL_LICENSE", "NATIONAL_ID"),
    *("PHONE_NUMBER", "POSTCODE", "UK_NHS", "URL", "US_BANK_NUMBER", "US_DRIVER_LICENSE", "US_ITIN", "US_NPI", "US_PASSPORT"),
    *("US_SSN", "UUID"),
)


@dataclass(frozen=True)
class Types:
    """How a data set's own types map to ours (`map`), which of our types it does not label (`ignore`), which have a form.

    Without a map (`map` empty) types are taken as they are.
    """

    map: dict[str, str]
    ignore: frozenset[str] = frozenset()
    structured: tuple[str, ...] = STRUCTURED

    def expected(self, spans: Iterable[dict[str, int | str]]) -> list[Labelled]:
        """Labelled spans under our types; those of unmapped or ignored types are left out."""
        named = [(int(span["start"]), int(span["end"]), self._type(str(span["type"]))) for span in spans]
        return [Labelled(start, end, kind) for start, end, kind in named if kind and kind not in self.ignore]

    def _type(self, native: str) -> str:
        return self.map.get(native, "") if self.map else native


def type_map(reference: str) -> Types:
    """The map that FILE:SECTION names; an empty reference is none. Raises `NotFound` or `Corrupt` when it is not there."""
    if not reference:
        return Types({})
    name, _, section = reference.rpartition(":")
    path = Path(name)
    if not path.is_file():
        raise NotFound(f"There is no type map {name!r}.", "Write --types FILE:SECTION.")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Corrupt(f"{name} is not TOML: {error}.", "Correct the file.") from None
    if section not in table:
        raise NotFound(f"{name} has no section [{section}].", "Write --types FILE:SECTION.")
    found = table[section]
    return Types(found.get("map", {}), frozenset(found.get("ignore", ())), tuple(table.get("structured", STRUCTURED)))


def score(data: Sequence[Path], options: Options) -> Outcome:
    """Score the personal detector, and with `ner` the one of names too, on `{"id","lang","text","spans":[{"start","end","type"}]}`.

    `structured.*` and `all.*` are spans of the same type at IoU ≥ 0.5, `type.T.*` those of one type, `chars.*` characters of
    any type; `data.NAME.*` and `lang.L.*` give the first three for each file and language where there are several.
    """
    types = type_map(options.types)
    labelled = records(data, ("text", "spans"))
    detectors = [personal.detector(_KEY), *([names.detector(_KEY, name_models())] if options.ner else ())]
    evidence, speed = timed(_together(detectors), documents(each["text"] for each in labelled))
    predicted = spans.found(evidence, len(labelled), options.threshold)
    predicted = [[span for span in each if span.type not in types.ignore] for each in predicted]
    expected = [types.expected(each["spans"]) for each in labelled]
    metrics = _overall(predicted, expected, types.structured) | _by_type(predicted, expected)
    for name, field in (("data", "data"), ("lang", "lang")):
        metrics |= _slices(name, [str(each.get(field) or "") for each in labelled], predicted, expected, types.structured)
    return Outcome(metrics | speed, [system(each) for each in detectors])


def _together(detectors: Sequence[Detector]) -> Detector:
    """Detectors of findings as one, whose findings explain the same characters once (`findings.surest`)."""
    if len(detectors) == 1:
        return detectors[0]

    def detect(documents: pa.Table) -> pa.Table:
        rows = pa.concat_tables([each.detect(documents) for each in detectors]).to_pylist()
        place = {doc_id: row for row, doc_id in enumerate(documents["doc_id"].to_pylist())}
        by_span = {Span(place[row["doc_id"]], *(row[name] for name in Span._fields[1:])): row for row in rows}
        return pa.Table.from_pylist([by_span[span] for span in surest(by_span)], schema=FINDING)

    return Detector("+".join(each.name for each in detectors), "1", ("doc_id", "text"), FINDING, detect)


def _overall(predicted: spans.Spans, expected: spans.Spans, structured: Sequence[str]) -> Metrics:
    return (
        under("structured", spans.score(spans.only(predicted, structured), spans.only(expected, structured)))
        | under("all", spans.score(predicted, expected))
        | under("chars", spans.characters(predicted, expected))
    )


def _by_type(predicted: spans.Spans, expected: spans.Spans) -> Metrics:
    kinds = sorted({span.type for each in (*predicted, *expected) for span in each})
    scores = (under(f"type.{kind}", spans.score(spans.only(predicted, [kind]), spans.only(expected, [kind]))) for kind in kinds)
    return {name: metric for one in scores for name, metric in one.items()}


def _slices(name: str, values: Sequence[str], predicted: spans.Spans, expected: spans.Spans, structured: Sequence[str]) -> Metrics:
    metrics: Metrics = {}
    for value in sorted(set(values)) if len(set(values)) > 1 else ():
        rows = [row for row, own in enumerate(values) if own == value]
        metrics |= under(f"{name}.{value}", _overall([predicted[row] for row in rows], [expected[row] for row in rows], structured))
    return metrics
