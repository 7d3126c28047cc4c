"""Names of licences in whatever spelling: an index of curated names by their words, without order, punctuation and noise.

The names are licenselynx's and the identifiers of SPDX. A name that leaves its version open where there are several names none of them.
"""

import re
from collections import Counter
from functools import cache

from licenselynx.licenselynx import LicenseLynx

from muniment.core.licences.expressions import aliases, expression, licensing

_Words = frozenset[tuple[str, int]]

_FAMILIES = frozenset(
    ["agpl", "apache", "artistic", "bsd", "cc", "cddl", "cecill", "epl", "eupl", "gfdl", "gpl", "lgpl", "mpl", "osl", "zpl"]
)
_FILLER = re.compile(r"\b(the|licen[cs]ed?|software|public|general|gnu|open|source|approved|osi)\b|[^a-z0-9+]+", re.IGNORECASE)
_NOISE = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "of",
        "for",
        "under",
        "and",
        "license",
        "licence",
        "licenses",
        "licences",
        "licensed",
        "agreement",
        "version",
        "ver",
        "v",
        "rev",
        "release",
        "software",
        "terms",
    ]
)
# The Apache Software License of RPM, and numbers in words.
_SHORT = {"asl": "apache", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4"}
# Official titles that neither table has.
_TITLES = {
    "lgpl-lr": "LGPLLR",
    "Open Database License 1.0": "ODbL-1.0",
    "ODC Attribution License 1.0": "ODC-By-1.0",
    "OGL 3.0": "OGL-UK-3.0",
    "U.S. Government Works": "LicenseRef-scancode-us-govt-public-domain",
    "US Government Works": "LicenseRef-scancode-us-govt-public-domain",
    "United States Government Works": "LicenseRef-scancode-us-govt-public-domain",
    "Data licence Germany attribution version 2.0": "DL-DE-BY-2.0",
    "Datenlizenz Deutschland Namensnennung Version 2.0": "DL-DE-BY-2.0",
    "Data licence Germany zero version 2.0": "DL-DE-ZERO-2.0",
    "Datenlizenz Deutschland Zero Version 2.0": "DL-DE-ZERO-2.0",
    "Licence Ouverte 2.0": "etalab-2.0",
    "Licence Ouverte / Open Licence version 2.0": "etalab-2.0",
    "Italian Open Data License 1.0": "LicenseRef-IODL-1.0",
    "Italian Open Data License 2.0": "LicenseRef-IODL-2.0",
    "IODL 1.0": "LicenseRef-IODL-1.0",
    "IODL 2.0": "LicenseRef-IODL-2.0",
    "Government Open Data License India": "LicenseRef-GODL-India-1.0",
}
_ALIKE = re.compile(r"\b\w+[- ](?:style|like|type|derived|variant|compatible)\b", re.IGNORECASE)  # says that it is something else
_ONLY_ALIKE = re.compile(r"\s*(?:the )?[\w.]+[- ](?:style|like|type|compatible)(?: licen[cs]e)?\s*$", re.IGNORECASE)
_SPLIT = re.compile(r"[^\w.+]+|_")
_JOINED = re.compile(r"(?<=\d)[_-](?=\d)")  # CPAN writes apache_2_0
_NUMBERED = re.compile(r"^([a-z]+?)v?(\d+(?:\.\d+)*)(\+?)$")
_VERSION = re.compile(r"-\d+\.\d+$")
_DIGITS = re.compile(r"\d+(?:\.\d+)*")
# Keys of the ScanCode database that stand for no one licence.
_GENERIC = re.compile(
    r"unknown|unstated|generic|proprietary|commercial|public-domain|^other-|^see-|^no-license|disclaimer|^free-unknown|file-reference|notice$|cla$"
)


def named(name: str) -> str | None:
    """The licence or exception of a name: SPDX identifier, or LicenseRef-scancode-<key> for one that SPDX does not list; None for any other text."""
    exact = None if _ONLY_ALIKE.match(name) else LicenseLynx.map(name)
    found = _identifier(exact.id, exact.src) if exact is not None else None
    found = found or (None if _ALIKE.search(name) else _index().get(_words(name)))
    return found if found and _settled(found, name) else None


def is_family(statement: str) -> bool:
    """Whether it names no more than a family of licences."""
    return not set(_FILLER.sub(" ", statement).lower().split()) - _FAMILIES


def _words(name: str) -> _Words:
    """The words of a name with their counts; version numbers in their shortest form, apart from letters before them."""
    words = []
    for word in _SPLIT.split(_JOINED.sub(".", name.lower())):
        parts = _NUMBERED.match(word.strip("."))
        pieces = [parts[1], parts[2], parts[3]] if parts else [word.strip(".")]
        words += [_shortest(_SHORT.get(piece, piece)) for piece in pieces if piece and piece not in _NOISE]
    return frozenset(Counter(words).items())


def _shortest(number: str) -> str:
    return re.sub(r"(?:\.0)+$", "", number)


@cache
def _index() -> dict[_Words, str]:
    """Identifier by words; words that stand for two licences are left out."""
    found: dict[_Words, set[str]] = {}
    for alias, known in aliases().items():
        if (name := _identifier(known.id, known.src)) and not _ALIKE.search(alias):
            _enter(found, alias, name)
    for title, name in _TITLES.items():
        _enter(found, title, name)
    for name in licensing().known_symbols:
        if not name.startswith("LicenseRef-") and (listed := _identifier(name, "spdx")):
            _enter(found, name, listed)
    return {words: min(names) for words, names in found.items() if words and len(names) == 1}


def _enter(found: dict[_Words, set[str]], alias: str, name: str) -> None:
    """Where a licence has but one version, its name without it will do."""
    words = _words(alias)
    found.setdefault(words, set()).add(name)
    if _versions()[_stem(name)] == 1 and _DIGITS.search(name) and not name.startswith(("CC-", "LicenseRef-")):
        versions = {_shortest(number) for number in _DIGITS.findall(alias)}
        found.setdefault(frozenset(each for each in words if each[0] not in versions), set()).add(name)


@cache
def _versions() -> Counter[str]:
    """How many listed licences share a stem, which is an identifier without its numbers."""
    return Counter(_stem(name) for name in licensing().known_symbols)


def _settled(found: str, name: str) -> bool:
    """Whether a name says which version of a licence it means, if there are several."""
    return bool(_DIGITS.search(name)) or not _VERSION.search(found) or _versions()[_stem(found)] < 2


def _stem(identifier: str) -> str:
    return re.sub(r"-?\d+(?:\.\d+)*", "", identifier).lower()


def _identifier(name: str, source: str) -> str | None:
    if source != "spdx":
        if _GENERIC.search(name):
            return None
        name = f"LicenseRef-scancode-{name}"
    return expression(name) or (name if name in licensing().known_symbols else None)  # an exception is no expression
