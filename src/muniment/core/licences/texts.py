"""What texts themselves say of their licence: SPDX tags, full texts, notices, and short references with their role."""

import re
from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from muniment.core.licences.declared import expression, is_family
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.matching import match
from muniment.core.licences.rules import Rules
from muniment.core.tokens import batches

# A document that holds none of these says nothing about licences: most documents are let go here, at memory speed.
WORDS = [
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
EDGE = 1000  # code points at the start or end of a document where a short reference is about the document
LEAST = 0.5  # weaker guesses of the rule base are not recorded
SETTINGS = {"words": WORDS, "edge": EDGE, "least": LEAST}
_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\n\r\"'`<>{}|]+)")
_TAG_END = re.compile(r"\s*(?:\*/|-->|\*\)|#}|;).*$")
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


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the texts of a frame of (doc, native_key, media_type, text)."""
    gated = frame.filter(pl.col("text").str.contains_any(WORDS, ascii_case_insensitive=True))
    documents = gated.select(
        "doc", "native_key", "text", page=pl.col("media_type").is_in(["text/html", "application/xhtml+xml"])
    ).rows()
    for doc, _, text, _ in documents:
        yield from ((doc, evidence) for evidence in _tags(text))
    table = rules.table.select("expression", "kind", "confidence").rows()
    for first, batch in batches(pa.chunked_array([gated["text"].to_arrow().cast(pa.large_string())])):
        for row, rule, start, end, coverage, narrowed in match(batch, rules).iter_rows():
            doc, key, text, page = documents[first + row]
            said, kind, confidence = table[rule]
            if said in _BESIDE:
                continue
            if confidence * coverage >= LEAST and (kind == "text" or _about_itself(key, text, start, end, kind, page)):
                name = "reference" if kind == "tag" else kind
                bare = kind == "reference" and is_family(text[start:end])
                meant = None if narrowed or bare else _meant(said)
                yield doc, Evidence(meant, name, rules.names[rule], confidence * coverage, start, end)


def named_in(sentence: str, rules: Rules) -> tuple[str, float] | None:
    """The licence that the longest match in a sentence names."""
    found = match(pa.array([sentence], pa.large_string()), rules).sort(pl.col("start") - pl.col("end"))
    for rule, coverage in found.filter(~pl.col("narrowed")).select("rule", "coverage").iter_rows():
        expression, confidence = rules.table.select("expression", "confidence").row(rule)
        if (meant := _meant(expression)) and confidence * coverage >= LEAST:
            return meant, confidence * coverage
    return None


def _tags(text: str) -> Iterator[Evidence]:
    for tag in _TAG.finditer(text):
        stated = _TAG_END.sub("", tag[1]).strip()
        yield Evidence(expression(stated), "tag", "SPDX-License-Identifier", 1.0, tag.start(), tag.start(1) + len(stated))


def _about_itself(key: str, text: str, start: int, end: int, kind: str, page: bool) -> bool:
    """Whether a notice or short reference is about the document itself.

    One that speaks of a logo or a photo is not. A notice else is; a short reference only in a licence file, after words that grant or
    head a licence, or, outside of web pages, near the start or the end.
    """
    before = max(0, start - 80)
    if _ASSET.search(text[before : start + 40]):
        return False
    near_edge = not page and (start < EDGE or end > len(text) - EDGE)
    return kind == "notice" or near_edge or _LICENCE_NAME.search(key) is not None or _GRANT.search(text, before, end) is not None


def _meant(said: str) -> str | None:
    """The rule base names what it cannot name as well: that is a statement not understood."""
    return None if "LicenseRef-scancode-unknown" in said or "LicenseRef-scancode-free-unknown" in said else said
