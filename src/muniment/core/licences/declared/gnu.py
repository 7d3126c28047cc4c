"""Licences of the GNU project by family, version and "or later", however they are put together: GPLv2+, `LGPL (>= 2.1)`, "GNU GPL 3"."""

import re

_LATER = re.compile(
    r"\s*,?\s*\(?\s*(?:or|and)\s*\(?\s*(?:,?\s*(?:\(?at your (?:option|choice)\)?,?)\s*)?(?:any\s+|all\s+)?"
    r"(?:later|newer|greater|above|higher|subsequent)(?:\s+versions?)?(?:\s*\(?at your (?:option|choice)\)?)?\s*\)?",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(r"\(?\s*>=\s*(?:version\s*|v)?(\d+(?:\.\d+)*)\s*\)?")
_EXACTLY = re.compile(r"\(?\s*==\s*(?:version\s*|v)?(\d+(?:\.\d+)*)\s*\)?")
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*|\+")
_FAMILIES = {
    "AGPL": ({"affero", "agpl"}, {"1": "1.0", "3": "3.0"}),
    "LGPL": ({"lesser", "library", "lgpl"}, {"2": "2.0", "2.1": "2.1", "3": "3.0"}),
    "GFDL": ({"documentation", "gfdl", "fdl"}, {"1.1": "1.1", "1.2": "1.2", "1.3": "1.3"}),
    "GPL": ({"gpl", "general"}, {"1": "1.0", "2": "2.0", "3": "3.0"}),
}
_SHORT = {"gpl", "lgpl", "agpl", "gfdl", "fdl"}
_WORDS = frozenset(
    [
        "gnu",
        "the",
        "general",
        "public",
        "license",
        "licence",
        "agreement",
        "version",
        "ver",
        "v",
        "free",
        "lesser",
        "library",
        "affero",
        "gpl",
        "lgpl",
        "agpl",
        "gfdl",
        "fdl",
        "documentation",
        "only",
        "or",
        "later",
        "software",
        "fsf",
        "gplv",
        "lgplv",
        "agplv",
        "gfdlv",
        "and",
        "no",
        "invariant",
        "sections",
    ]
)


def later(statement: str) -> str:
    """The statement with "or any later version" and `>= 2` written as a plus after the version."""
    return _EXACTLY.sub(r" \1", _AT_LEAST.sub(r" \1+", _LATER.sub("+", statement)))


def gnu(statement: str) -> str | None:
    """SPDX identifier of a GNU licence whose family and one version are named, and nothing else; `statement` as `later` writes it.

    A version without more is that version only, which is what the deprecated identifiers of SPDX (`GPL-3.0`) mean.
    """
    tokens = _TOKEN.findall(re.sub(r"\b([al]?gpl|g?fdl)v?(?=\d)", r"\1 ", statement.lower()))
    if re.search(r"[^\w\s.,()+:;/_-]", statement):
        return None
    versions = {re.sub(r"(?:\.0)+$", "", token) for token in tokens if token[0].isdigit()}
    words = {token for token in tokens if token.isalpha()}
    if len(versions) != 1 or words - _WORDS or len(words & _SHORT) > 1:
        return None
    family = next((name for name, (marks, _) in _FAMILIES.items() if words & marks), "GPL" if {"gnu", "public"} <= words else None)
    number = _FAMILIES[family][1].get(versions.pop()) if family else None
    if not number:
        return None
    return f"{family}-{number}-{'or-later' if '+' in tokens or 'later' in words else 'only'}"
