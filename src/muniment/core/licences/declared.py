"""Declared licences understood: a string or address in somebody's metadata becomes an SPDX expression, or stays not understood.

SPDX expressions are read with license-expression, names and aliases with licenselynx, whose table is curated and exact. A bare family
name (BSD, GPL, Apache License) says too little to be one licence, whatever a library makes of it.
"""

import re
from functools import cache, lru_cache

from license_expression import ExpressionError, Licensing, ParseError, get_spdx_licensing
from licenselynx.licenselynx import LicenseLynx

_FAMILIES = frozenset(
    ["agpl", "apache", "artistic", "bsd", "cc", "cddl", "cecill", "epl", "eupl", "gfdl", "gpl", "lgpl", "mpl", "osl", "zpl"]
)
_FILLER = re.compile(r"\b(the|licen[cs]ed?|software|public|general|gnu|open|source|approved|osi)\b|[^a-z0-9+]+", re.IGNORECASE)
_GRANT = re.compile(
    r"\b(?:licen[sc]ed|released|distributed|available|provided) under (?:the )?(?:terms of )?(?:the )?", re.IGNORECASE
)
_CC_URL = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)(?:/([a-z]{2})\b)?|publicdomain/(zero)/(1\.0))",
    re.IGNORECASE,
)
_CC_WORDS = (
    (re.compile(r"creative\s+commons?"), " cc "),
    (re.compile(r"attribution|\battr\b"), " by "),
    (re.compile(r"non[\s-]?commercial"), " nc "),
    (re.compile(r"share[\s-]?alike"), " sa "),
    (re.compile(r"no[\s-]?deriv(?:ative)?s?(?:\s+works)?"), " nd "),
)
_CC_NOISE = frozenset(
    [
        "cc",
        "the",
        "a",
        "and",
        "or",
        "license",
        "licence",
        "legal",
        "code",
        "deed",
        "public",
        "international",
        "unported",
        "generic",
        "inter",
        "v",
        "version",
    ]
)
_ADDRESSES = (
    (re.compile(r"apache\.org/licenses/LICENSE-2\.0", re.IGNORECASE), "Apache-2.0"),
    (re.compile(r"(?:spdx|opensource)\.org/licenses?/([\w.+-]+?)(?:\.(?:html|php|json|txt))?/?$", re.IGNORECASE), None),
    (re.compile(r"choosealicense\.com/licenses/([\w.+-]+?)/?$", re.IGNORECASE), None),
)


@cache
def licensing() -> Licensing:
    """The parser of SPDX expressions with the licence list of its package."""
    return get_spdx_licensing()


@lru_cache(maxsize=4096)
def understand(statement: str) -> str | None:
    """SPDX expression of a declared licence: an expression, a name, a classifier or an address; None where it is not understood."""
    statement = " ".join(statement.split()).removeprefix("License ::").split("::")[-1].strip(" \"'.;,")
    if not statement or len(statement) > 300:
        return None
    if "://" in statement or "creativecommons.org" in statement:
        return address(statement)
    if is_family(statement):
        return None
    granted = _GRANT.split(statement)[-1].strip()
    names = dict.fromkeys(
        (statement, granted, granted.removeprefix("The "), granted.removesuffix(" License"), f"{granted} License")
    )
    return expression(statement) or next(filter(None, map(_named, names)), None) or _creative_commons(granted)


def is_family(statement: str) -> bool:
    """Whether it names no more than a family of licences."""
    return not set(_FILLER.sub(" ", statement).lower().split()) - _FAMILIES


def expression(text: str) -> str | None:
    """A valid SPDX expression in its normal spelling; None where it is not one or names what SPDX neither lists nor allows."""
    try:
        parsed = licensing().parse(text, strict=True) if text else None
    except (ExpressionError, ParseError):
        return None
    unlisted = licensing().unknown_license_keys(parsed) if parsed is not None else []
    return str(parsed) if parsed is not None and all(key.startswith("LicenseRef-") for key in unlisted) else None


def address(url: str) -> str | None:
    """SPDX identifier of the licence that lives at a well-known address; None for any other address."""
    if found := _CC_URL.search(url):
        elements, version, country, zero, _ = found.groups()
        if zero:
            return "CC0-1.0"
        ported = expression(f"CC-{elements}-{version}-{country}") if country else None
        return ported or expression(f"CC-{elements}-{version}")
    for pattern, name in _ADDRESSES:
        if found := pattern.search(url):
            return name or _named(found[1]) or expression(found[1])
    return None


def _named(name: str) -> str | None:
    known = LicenseLynx.map(name)
    return expression(known.id) if known is not None else None


def _creative_commons(statement: str) -> str | None:
    """A Creative Commons licence by its elements and version in whatever wording; None without a version or with words left over."""
    text = statement.lower()
    if re.fullmatch(r"(?:cc[\s-]?(?:0|zero)|public domain \(cc0\))(?:[\s-]?1\.0)?(?: universal)?(?: licen[sc]e)?", text):
        return "CC0-1.0"
    for pattern, element in _CC_WORDS:
        text = pattern.sub(element, text)
    words = set(re.findall(r"\d\.\d|[a-z0-9]+", text))
    versions, elements = {word for word in words if re.fullmatch(r"\d\.\d", word)}, words & {"by", "nc", "nd", "sa"}
    if len(versions) != 1 or "by" not in elements or words - versions - elements - _CC_NOISE:
        return None
    parts = [element for element in ("by", "nc", "nd", "sa") if element in elements]
    return expression("-".join(["cc", *parts, versions.pop()]))
