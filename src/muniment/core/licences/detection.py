"""Evidence about licences, whatever form it has: metadata, SPDX tags, texts, notices, references and rights markup."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.licences.declared import expression, is_family, understand
from muniment.core.licences.matching import match
from muniment.core.licences.notices import statements
from muniment.core.licences.rules import Rules, compile_rules
from muniment.core.tokens import batches
from muniment.schemas.evidence import LICENCE

_NAME, _VERSION = "licences", "1"
_READS = ("doc_id", "native_key", "media_type", "declared_licence", "notices", "text")
# A document that holds none of these says nothing about licences: most documents are let go here, at memory speed.
_WORDS = [
    *("licen", "gpl", "spdx", "public domain", "creative commons", "creativecommons", "copyleft", "copying", "redistribut"),
    *(
        "permission is",
        "permission to",
        "cc-by",
        "cc by",
        "cc0",
        "merchantab",
        "rights reserved",
        "without warranty",
        "free to use",
    ),
]
_BESIDE = frozenset(["LicenseRef-scancode-generic-cla"])  # said to contributors, not to readers
_EDGE = 1000  # code points at the start or end of a document where a short reference is about the document
_LEAST = 0.5  # weaker guesses of the rule base are not recorded
_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\n\r\"'`<>{}|]+)")
_TAG_END = re.compile(r"\s*(?:\*/|-->|\*\)|#}|;).*$")
_METADATA = re.compile(r"^(License-Expression|License|Classifier):[ \t]*(.+)$", re.MULTILINE)
_METADATA_NAME = re.compile(r"(?:^|[/:!])(?:METADATA|PKG-INFO)$")
LICENCE_NAME = r"(?i)(?:^|[/:!])(?:un)?(?:licen[sc]e|copying|copyright|notice|mit-licen[sc]e)[^/]*$"
_LICENCE_NAME = re.compile(LICENCE_NAME)
_GRANT = re.compile(
    r"(?:licen[sc]ed|released|distributed|available|provided|covered|governed|published)\W+(?:\w+\W+){0,3}?(?:under|by|with|as)\b"
    r"|\blicen[sc]es?\s*[:=\"']|^\W*licen[sc](?:e|es|ing)\W*$",
    re.IGNORECASE | re.MULTILINE,
)


_ASSET = re.compile(
    r"\b(?:logos?|photos?|photographs?|images?|icons?|pictures?|illustrations?|artwork|fonts?|videos?|screenshots?)\b"
    r"[^.!?\n]{0,30}?\b(?:is|are|was|were|by|under|licen[sc]ed)\b",
    re.IGNORECASE,
)


class _Evidence(NamedTuple):
    expression: str | None
    kind: str
    start: int | None
    end: int | None
    confidence: float


def detector(reference: pa.Table | Rules) -> Detector:
    """The detector of `LICENCE` rows; `reference` is a table as the store loads it, or what `compile_rules` made of it (takes seconds).

    Statements that were seen but not understood have no expression. A document may have many rows; what they amount to is `conclude`'s.
    """
    rules = reference if isinstance(reference, Rules) else compile_rules(reference)
    settings = {"rules": rules.digest, "words": _WORDS, "edge": _EDGE, "least": _LEAST}

    def detect(documents: pa.Table) -> pa.Table:
        frame = pl.DataFrame(documents.select(list(_READS))).with_row_index("doc")
        rows = [*_outside(frame, rules), *_inside(frame, rules)]
        return _table(rows, frame)

    return Detector(_NAME, _VERSION, _READS, LICENCE, detect, settings)


def _table(rows: list[tuple[int, _Evidence]], frame: pl.DataFrame) -> pa.Table:
    schema = {
        "doc": pl.UInt32,
        "expression": pl.String,
        "kind": pl.String,
        "start": pl.Int32,
        "end": pl.Int32,
        "confidence": pl.Float32,
    }
    table = pl.DataFrame([(doc, *evidence) for doc, evidence in rows], schema=schema, orient="row").unique()
    table = table.join(frame.select("doc", "doc_id"), on="doc").with_columns(detector=pl.lit(f"{_NAME}@{_VERSION}"))
    return table.select(LICENCE.names).sort("doc_id", "start", "end", "kind", "expression").to_arrow().cast(LICENCE)


def _outside(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, _Evidence]]:
    """What stands beside the text: the declared licence, and the page's markup and notices."""
    for doc, declared in frame.select("doc", "declared_licence").drop_nulls().iter_rows():
        for statement in filter(None, map(str.strip, declared.splitlines())):
            yield doc, _Evidence(understand(statement), "declared", None, None, 0.95)
    for doc, notices in frame.select("doc", "notices").drop_nulls().iter_rows():
        for found in statements(notices, lambda sentence: _named_in(sentence, rules)):
            yield doc, _Evidence(found.expression, "markup", None, None, found.confidence)


def _named_in(sentence: str, rules: Rules) -> tuple[str, float] | None:
    """The licence that the longest match in a sentence names."""
    found = match(pa.array([sentence], pa.large_string()), rules).sort(pl.col("start") - pl.col("end"))
    for rule, coverage in found.filter(~pl.col("narrowed")).select("rule", "coverage").iter_rows():
        expression, confidence = rules.table.select("expression", "confidence").row(rule)
        if (meant := _meant(expression)) and confidence * coverage >= _LEAST:
            return meant, confidence * coverage
    return None


def _inside(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, _Evidence]]:
    """What the texts themselves say."""
    gated = frame.filter(pl.col("text").str.contains_any(_WORDS, ascii_case_insensitive=True))
    documents = gated.select(
        "doc", "native_key", "text", page=pl.col("media_type").is_in(["text/html", "application/xhtml+xml"])
    ).rows()
    for doc, key, text, _ in documents:
        yield from ((doc, evidence) for evidence in _stated(key, text))
    table = rules.table.select("expression", "kind", "confidence").rows()
    for first, batch in batches(pa.chunked_array([gated["text"].to_arrow().cast(pa.large_string())])):
        for row, rule, start, end, coverage, narrowed in match(batch, rules).iter_rows():
            doc, key, text, page = documents[first + row]
            said, kind, confidence = table[rule]
            if said in _BESIDE:
                continue
            if confidence * coverage >= _LEAST and (kind == "text" or _about_itself(key, text, start, end, kind, page)):
                name = "reference" if kind == "tag" else kind
                bare = kind == "reference" and is_family(text[start:end])
                meant = None if narrowed or bare else _meant(said)
                yield doc, _Evidence(meant, name, start, end, confidence * coverage)


def _stated(key: str, text: str) -> Iterator[_Evidence]:
    """SPDX tags and package metadata."""
    for tag in _TAG.finditer(text):
        stated = _TAG_END.sub("", tag[1]).strip()
        yield _Evidence(expression(stated), "tag", tag.start(), tag.start(1) + len(stated), 1.0)
    if _METADATA_NAME.search(key):
        for line in _METADATA.finditer(text, 0, max(text.find("\n\n"), 0) or len(text)):
            if line[1] != "Classifier" or line[2].startswith("License ::"):
                yield _Evidence(understand(line[2]), "declared", line.start(), line.end(), 0.95)


def _about_itself(key: str, text: str, start: int, end: int, kind: str, page: bool) -> bool:
    """Whether a notice or short reference is about the document itself.

    One that speaks of a logo or a photo is not. A notice else is; a short reference only in a licence file, after words that grant or
    head a licence, or, outside of web pages, near the start or the end.
    """
    before = max(0, start - 80)
    if _ASSET.search(text[before : start + 40]):
        return False
    near_edge = not page and (start < _EDGE or end > len(text) - _EDGE)
    return kind == "notice" or near_edge or _LICENCE_NAME.search(key) is not None or _GRANT.search(text, before, end) is not None


def _meant(said: str) -> str | None:
    """The rule base names what it cannot name as well: that is a statement not understood."""
    return None if "LicenseRef-scancode-unknown" in said or "LicenseRef-scancode-free-unknown" in said else said
