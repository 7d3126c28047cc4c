"""What texts themselves say of their licence: SPDX tags, full texts, notices, and short references with their role."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.core.licences.declared.strings import is_family
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.expressions import keys_of
from muniment.core.licences.matching.rules import Rules
from muniment.core.licences.matching.search import match
from muniment.core.licences.texts.plain_notices import PLAIN_WORDS, plain_statements
from muniment.core.licences.texts.roles import EDGE, LICENCE_NAME
from muniment.core.licences.texts.sections import named_in_section
from muniment.core.licences.texts.settling import TALK, UNNAMED, Subject, settled
from muniment.core.licences.texts.spdx_tags import tags_in
from muniment.core.licences.texts.versions import denied, restated
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
        "conditions of distribution",
        "copyright notice",
        "terms of use",
        "gemma",
        "クリエイティブ・コモンズ",
        "知识共享",
        "創用cc",
    ),
    *PLAIN_WORDS,
]
# A text of a line or so is nothing but its statement, if it makes one: fewer words suffice.
SHORT, SHORT_WORDS = (
    200,
    ["http", "www.", "bsd", "mit", "apache", "gnu", "mpl", "eula", "terms", "propriet", "confidential", "legal"],
)
_BESIDE = frozenset(["LicenseRef-scancode-generic-cla"])  # said to contributors, not to readers
_UNNAMED = ("LicenseRef-scancode-unknown", "LicenseRef-scancode-free-unknown")


class _Match(NamedTuple):
    """Where a text holds a rule."""

    rule: int
    start: int
    end: int
    coverage: float
    narrowed: bool


_SHORT = 40  # code points of a short name
_NAME = 120  # code points of any name
_HYPHENATED = re.compile(r"-(?!licen|style|like|type|compatible|only|or-later|with)[a-z]{3}")  # unicode-canonical
_RUNS_ON = re.compile(r"[ \t]+(?!licen|and\b|or\b|see\b|for\b|by\b|from\b|copyright|style|with\b)[a-z]{3}")
_PATCHED = r"(?m)^\+"  # an added line of a patch: `+` is a word of rules (GPL-2.0+)
LEAST = 0.3  # weaker guesses of the rule base are not recorded
SETTINGS = {"words": WORDS, "edge": EDGE, "least": LEAST, "talk": TALK, "short": SHORT, "short_words": SHORT_WORDS}


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the texts of a frame of (doc, native_key, media_type, text)."""
    text = pl.col("text")
    gated = frame.filter(_speaks(text)).select(
        "doc",
        "native_key",
        "text",
        page=pl.col("media_type").is_in(["text/html", "application/xhtml+xml"]),
        plainly=text.str.contains_any(PLAIN_WORDS, ascii_case_insensitive=True),
    )
    documents = gated.drop("doc").rows()
    found = _matches(gated["text"], rules)
    for row, (doc, document) in enumerate(zip(gated["doc"], documents, strict=True)):
        yield from ((doc, evidence) for evidence in _statements(document, found.get(row, []), rules))


def _matches(texts: pl.Series, rules: Rules) -> dict[int, list[_Match]]:
    """Of each text that holds a rule, by its number: rule, start, end, coverage and narrowed."""
    patched = pl.when(texts.str.contains("\n+", literal=True)).then(texts.str.replace_all(_PATCHED, " ")).otherwise(texts)
    column = pa.chunked_array([pl.select(patched).to_series().to_arrow().cast(pa.large_string())])
    return {
        first + row: [_Match(*found[1:]) for found in matches]
        for first, batch in batches(column)
        for row, matches in groupby(match(batch, rules).iter_rows(), itemgetter(0))
    }


def _statements(document: tuple[str, str, bool, bool], matches: Sequence[_Match], rules: Rules) -> Iterator[Evidence]:
    key, text, page, plainly = document
    places = [place for found in matches if (place := _place(text, found, rules)) is not None]
    said = [*tags_in(text), *settled(Subject(key, text, page), places)]
    yield from said
    granted = any(one.role == "grant" and one.expression not in (None, UNNAMED) for one in said)
    passing = {one.expression for one in said if one.role == "mention"}
    named = [] if granted or page or len(passing) > TALK else list(named_in_section(text, passing))
    yield from named
    if plainly:
        yield from plain_statements(text, places, any(one.role == "grant" for one in [*said, *named]))


def _place(text: str, found: _Match, rules: Rules) -> Evidence | None:
    """A match as a piece of evidence whose role is not yet known; None where the rule base itself thinks little of it."""
    name, said, kind, confidence = rules.rows[found.rule]
    if said in _BESIDE or confidence * found.coverage < LEAST:
        return None
    words = text[found.start : found.end]
    if len(words) < _SHORT and _is_other_name(text, words, found):
        return None
    if found.coverage < 1 and denied(said, words):
        return None
    bare = len(words) < _NAME and kind != "text" and not said.endswith("-or-later") and is_family(words)
    if found.coverage < 1 and kind == "notice":
        said = restated(said, words)
    meant = None if found.narrowed or bare else _meant(said)
    return Evidence(meant, kind, name, confidence * found.coverage, found.start, found.end)


def _is_other_name(text: str, words: str, found: _Match) -> bool:
    """Whether a short match is part of a longer name, reaches over a code block's fence, or runs on from a heading into a
    sentence about something else."""
    if _HYPHENATED.match(text, found.end) or "```" in text[max(0, found.start - 3) : found.end]:
        return True
    return "\n\n" in words and _RUNS_ON.match(text, found.end) is not None


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
        if (meant := _meant(expression)) != UNNAMED and confidence * coverage >= LEAST:
            return meant, confidence * coverage
    return None


def _meant(said: str) -> str:
    """The rule base has names for what it cannot name: where it has no other, that is `UNNAMED`."""
    return UNNAMED if all(key.startswith(_UNNAMED) for key in keys_of(said)) else said
