"""What texts themselves say of their licence: SPDX tags, full texts, notices, and short references with their role."""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import polars as pl
import pyarrow as pa

from muniment.core.licences.declared import is_family
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.matching import match
from muniment.core.licences.roles import EDGE, LICENCE_NAME
from muniment.core.licences.rules import Rules
from muniment.core.licences.settling import TALK, Subject, settled
from muniment.core.licences.spdx_tags import tags_in
from muniment.core.tokens import batches

__all__ = ["LICENCE_NAME", "SETTINGS", "WORDS", "named_in", "statements"]

# A document that holds none of these says nothing about licences: most documents are let go here, at memory speed.
WORDS = [
    *(
        "licen",
        "lizenz",
        "gpl",
        "spdx",
        "public domain",
        "creative commons",
        "creativecommons",
        "copyleft",
        "copying",
        "redistribut",
    ),
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
    *(
        "no warrant",
        "trade secret",
        "restricted rights",
        "legal rights",
        "proprietary and",
        "terms of service",
        "apache software f",
    ),
]
# A text of a line or so is nothing but its statement, if it makes one: fewer words suffice.
SHORT, SHORT_WORDS = (
    200,
    ["http", "www.", "bsd", "mit", "apache", "gnu", "mpl", "eula", "terms", "propriet", "confidential", "legal"],
)
_BESIDE = frozenset(["LicenseRef-scancode-generic-cla"])  # said to contributors, not to readers
_UNNAMED = ("LicenseRef-scancode-unknown", "LicenseRef-scancode-free-unknown")
_KEY = re.compile(r"[^\s()]+")
LEAST = 0.5  # weaker guesses of the rule base are not recorded
SETTINGS = {"words": WORDS, "edge": EDGE, "least": LEAST, "talk": TALK, "short": SHORT, "short_words": SHORT_WORDS}


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the texts of a frame of (doc, native_key, media_type, text)."""
    gated = frame.filter(_speaks(pl.col("text")))
    documents = gated.select(
        "doc", "native_key", "text", page=pl.col("media_type").is_in(["text/html", "application/xhtml+xml"])
    ).rows()
    for doc, _, text, _ in documents:
        yield from ((doc, evidence) for evidence in tags_in(text))
    for first, batch in batches(pa.chunked_array([gated["text"].to_arrow().cast(pa.large_string())])):
        for row, matches in groupby(match(batch, rules).iter_rows(), itemgetter(0)):
            doc, key, text, page = documents[first + row]
            places = [place for found in matches if (place := _place(text, rules.rows[found[1]], *found[2:])) is not None]
            yield from ((doc, evidence) for evidence in settled(Subject(key, text, page), places))


def _place(text: str, rule: tuple[str, str, str, float], start: int, end: int, coverage: float, narrowed: bool) -> Evidence | None:
    """A match as a piece of evidence whose role is not yet known; None where the rule base itself thinks little of it."""
    name, said, kind, confidence = rule
    if said in _BESIDE or confidence * coverage < LEAST:
        return None
    meant = None if narrowed or (kind == "reference" and is_family(text[start:end])) else _meant(said)
    return Evidence(meant, kind, name, confidence * coverage, start, end)


def _speaks(text: pl.Expr) -> pl.Expr:
    words = text.str.contains_any(WORDS, ascii_case_insensitive=True)
    short = text.str.len_bytes() < SHORT
    return words | (
        short & pl.when(short).then(text).otherwise(pl.lit("")).str.contains_any(SHORT_WORDS, ascii_case_insensitive=True)
    )


def named_in(sentence: str, rules: Rules) -> tuple[str, float] | None:
    """The licence that the longest match in a sentence names."""
    found = match(pa.array([sentence], pa.large_string()), rules).sort(pl.col("start") - pl.col("end"))
    for rule, coverage in found.filter(~pl.col("narrowed")).select("rule", "coverage").iter_rows():
        _, expression, _, confidence = rules.rows[rule]
        if (meant := _meant(expression)) and confidence * coverage >= LEAST:
            return meant, confidence * coverage
    return None


def _meant(said: str) -> str | None:
    """The rule base names what it cannot name as well: where it names nothing else, that is a statement not understood."""
    keys = set(_KEY.findall(said)) - {"AND", "OR", "WITH"}
    return None if all(key.startswith(_UNNAMED) for key in keys) else said
