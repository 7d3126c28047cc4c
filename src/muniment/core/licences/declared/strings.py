"""Declared licences understood: a string or address in somebody's metadata becomes an SPDX expression, or stays not understood.

SPDX expressions are read with license-expression, names and aliases with licenselynx, whose table is curated. What these miss is read by
rule: GNU and Creative Commons licences by their elements, addresses, model licences, and lists of all these. A bare family name (BSD,
GPL, Apache License, CC-BY) says too little to be one licence, whatever a library makes of it, and no version is ever guessed.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from muniment.core.licences.creative_commons.declared import creative_commons
from muniment.core.licences.declared.addresses import address
from muniment.core.licences.declared.gnu import gnu, later
from muniment.core.licences.declared.models import model
from muniment.core.licences.declared.names import is_family, named
from muniment.core.licences.expressions import expression, licensing

__all__ = ["address", "expression", "is_family", "licensing", "understand"]

LONGEST = 300  # code points; what is longer is a text, not a name
_URL = re.compile(r"<?(?:https?:)?//[^\s<>\"'`)]+|\b(?:www\.)?creativecommons\.org/[^\s<>\"'`]+", re.IGNORECASE)
_GRANT = re.compile(
    r".*?\b(?:licen[sc]ed|released|distributed|available|provided|published|covered) (?:under|by|with) (?:the )?(?:terms of )?(?:the )?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"[\s.,;]*\b(?:copyright\b|\(c\)|©).*$", re.IGNORECASE | re.DOTALL)
_FILE = re.compile(r"\s*[+|]\s*file\s+licen[cs]e\s*$", re.IGNORECASE)  # CRAN: the template of the licence is filled in there
_SEE = re.compile(r"[\s,;(–-]+see (?:the )?(?:[\w./]+ ){0,3}(?:licen[cs]e|copying)[\w.]*(?: file)?\)?$", re.IGNORECASE)
_QUOTED = re.compile(r"\((?:the )?[\"'“”]\s*licen[cs]e\s*[\"'“”]\)", re.IGNORECASE)
_BRACKETED = re.compile(r"^(.+?)\s*\(([^()]+)\)\s*(.*)$")
_DUAL = re.compile(
    r"\b(?:dual(?:ly)?|either|triple)\b(?:[\s-]*licen[sc](?:ed?|ing))?(?:[\s-]+under)?(?: the)?\s*:?\s*", re.IGNORECASE
)
_CONNECTED = re.compile(r"(\(|\)|\|\|?|/|,|;|&&?|\bor\b|\band\b)", re.IGNORECASE)
_RELATIONS = {"|": "OR", "||": "OR", "/": "OR", "or": "OR", "&": "AND", "&&": "AND", ";": "AND", "and": "AND"}
_DENIED = re.compile(r"\b(?:not|never|no|without)\b", re.IGNORECASE)
_HEADED = re.compile(r"^licen[cs]e\s*[:=]\s*", re.IGNORECASE)
_WITH = re.compile(r"\s+(?:with|w/)\s+(?:the\s+)?", re.IGNORECASE)
_PERL = re.compile(r"(?:the )?(?:same (?:terms )?as )?perl(?:[\s_]?5)?(?: itself)?(?: terms)?", re.IGNORECASE)


@lru_cache(maxsize=4096)
def understand(statement: str) -> str | None:
    """SPDX expression of a declared licence: an expression, a name, a classifier or an address; None where it is not understood."""
    statement = _trimmed(statement)
    if not statement or len(statement) > LONGEST:
        return None
    if said := expression(statement):
        return None if is_family(statement) else said
    linked = {address(url) for url in _URL.findall(statement)}
    words = _trimmed(_URL.sub(" ", statement).replace("()", "")) if linked else statement
    read = _read(words) if words else None
    there = linked - {None}
    if read and there and {read} != there:
        return None  # what it says and where it points disagree
    return read or (next(iter(there)) if len(there) == 1 else None)


def _trimmed(statement: str) -> str:
    statement = " ".join(statement.split()).removeprefix("License ::").split("::")[-1]
    statement = _QUOTED.sub("", re.sub(r"\s*\.\.\.$|^#+\s*", "", _HEADED.sub("", statement)))
    return _SEE.sub("", _FILE.sub("", statement)).strip(" \"'`.;:,[]<>")


def _read(statement: str) -> str | None:
    if is_family(statement):
        return None
    dual = bool(_DUAL.search(statement))
    grant = _GRANT.match(statement)
    if grant and _DENIED.search(grant[0]):
        return None
    granted = _DUAL.sub("", statement[grant.end() :] if grant else statement)
    granted = _COPYRIGHT.sub("", granted).strip(" \"'.;,")
    return _one(granted) or _bracketed(granted) or _rider(granted) or _list(granted, dual)


def _one(statement: str) -> str | None:
    """The one licence that a statement names in whatever spelling."""
    if not statement or is_family(statement) or statement.endswith("*"):  # `MIT*` is a guess of npm's tools
        return None
    plain = later(re.sub(r"(?<=\d)_(?=\d)", ".", statement).replace("_", " "))
    if _PERL.fullmatch(statement):
        return "Artistic-1.0-Perl OR GPL-1.0-or-later"
    readers: tuple[Callable[[str], str | None], ...] = (expression, model, gnu, creative_commons, _listed)
    return next(filter(None, (read(plain) for read in readers)), None) or _listed(statement)


def _listed(name: str) -> str | None:
    return expression(named(name) or "")


def _bracketed(statement: str) -> str | None:
    """A name with a remark in brackets: its abbreviation, which must not say otherwise."""
    parts = _BRACKETED.match(statement)
    if not parts or _CONNECTED.match(parts[3]):
        return None
    name, remark = _read(" ".join(filter(None, (parts[1], parts[3])))), _one(parts[2])
    short = is_family(parts[2]) or re.fullmatch(r"[A-Za-z]+-?[\d.]*\+?", parts[2]) is not None
    if name:
        return name if remark == name or (remark is None and short) else None
    return remark if is_family(parts[1]) or _initials(parts[1]) == _initials(parts[2]) else None


def _initials(name: str) -> str:
    return "".join(re.findall(r"\b[A-Z]|(?<=[A-Z])[A-Z]|(?<=[a-z])[A-Z]", name))


def _rider(statement: str) -> str | None:
    """A licence with a listed exception."""
    parts = _WITH.split(later(statement), 1)
    if len(parts) != 2 or not (licence := _one(parts[0])):
        return None
    exception = named(parts[1])
    return expression(f"{licence} WITH {exception}") if exception else None


def _list(statement: str, dual: bool) -> str | None:
    """Licences in a row, each of them understood: `/`, `|` and "or" are a choice; commas, "and" and the like are none unless it says "dual".

    None where choice and sum stand side by side without brackets, which people mean in either way.
    """
    tokens = [part for part in map(str.strip, _CONNECTED.split(later(statement))) if part]
    if len(tokens) < 3:
        return None
    relations = {_RELATIONS[token.lower()] for token in tokens if token.lower() in _RELATIONS}
    if dual:
        relations = {"OR"}
    if len(relations) > 1 and "(" not in tokens:
        return None
    comma = "OR" if relations == {"OR"} else "AND"
    parts: list[str] = []
    for token, before in zip(tokens, ["", *tokens], strict=False):
        if token == "," or token.lower() in _RELATIONS:
            if before == ",":  # "A, B, or C"
                parts.pop()
            parts.append(comma if dual or token == "," else _RELATIONS[token.lower()])
        elif token in "()":
            parts.append(token)
        elif each := _one(token):
            parts.append(f"({each})")
        else:
            return None
    return expression(" ".join(parts))
