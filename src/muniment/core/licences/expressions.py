"""SPDX expressions: read with license-expression, over its licence list and the newer identifiers that licenselynx has from SPDX."""

import re
from functools import cache

from license_expression import ExpressionError, LicenseSymbol, Licensing, ParseError, combine_expressions, get_spdx_licensing
from licenselynx.license_map_singleton import _LicenseMapSingleton
from licenselynx.license_object import LicenseObject

# Its parser was written for expressions: on brackets and words in a row it stumbles in more ways than it names.
_REFUSALS = (ExpressionError, ParseError, AssertionError, IndexError, TypeError, ValueError, AttributeError, RecursionError)
# Licences of SPDX that the package takes for exceptions.
_WHOLE = ("eCos-2.0", "MPL-2.0-no-copyleft-exception", "SHL-2.0", "SHL-2.1")
# Licences of SPDX's list 3.29 that neither package has yet.
_NEWER = (
    *(
        "atc-game",
        "Brian-Gladman-3-Clause-no-conversion",
        "BSD-2-Clause-pos-unchanged",
        "BSD-3-Clause-OpenWebUI",
        "BSD-ask-to-endorse",
    ),
    *("BSD-Source-alt-GPL", "BSD-Source-Code-no-disclaimer", "Bugroff", "CC-BY-NC-3.0-IGO", "FDK-MPEG-H", "Hippocratic-3.0-core"),
    *("Informatica", "MVT-1.1"),
)
_KEY = re.compile(r"[^\s()]+")
_OPERATORS = frozenset(["AND", "OR", "WITH"])
_GNU = re.compile(r"[AL]?GPL-\d\.\d-(?:only|or-later)")
# Identifiers of SPDX that were given up for a licence WITH an exception.
_COMBINED = re.compile(r"\b(GPL-[23]\.0)-with-(autoconf|bison|classpath|font|gcc)-exception\b", re.IGNORECASE)
_EXCEPTIONS = {
    ("autoconf", "2"): "Autoconf-exception-2.0",
    ("autoconf", "3"): "Autoconf-exception-3.0",
    ("bison", "2"): "Bison-exception-2.2",
    ("bison", "3"): "Bison-exception-2.2",
    ("classpath", "2"): "Classpath-exception-2.0",
    ("classpath", "3"): "Classpath-exception-2.0",
    ("font", "2"): "Font-exception-2.0",
    ("font", "3"): "Font-exception-2.0",
    ("gcc", "2"): "GCC-exception-2.0",
    ("gcc", "3"): "GCC-exception-3.1",
}


@cache
def licensing() -> Licensing:
    """The parser of SPDX expressions."""
    listed = dict(get_spdx_licensing().known_symbols)
    for name in _WHOLE:
        listed[name] = LicenseSymbol(name, aliases=listed[name].aliases)
    taken = {name.lower() for symbol in listed.values() for name in (symbol.key, *symbol.aliases)}
    newer = {known.id for known in aliases().values() if known.src == "spdx"}.union(_NEWER)
    newer = {name for name in newer if name.lower() not in taken}
    before = {name: [alias for alias in _references(name) if listed.pop(alias, None)] for name in newer}
    added = [LicenseSymbol(name, tuple(before[name]), is_exception="exception" in name) for name in sorted(newer)]
    return Licensing([*listed.values(), *added])


def _references(name: str) -> list[str]:
    """What a licence was called in ScanCode's database before SPDX listed it."""
    return [alias for alias, known in aliases().items() if known.id == name and alias.startswith("LicenseRef-scancode-")]


def aliases() -> dict[str, LicenseObject]:
    """Licenselynx's curated table, by the exact alias: each has an `id` and a `src`, `spdx` or `scancode-licensedb`.

    Its public call reads one alias; an index over all of them needs the table itself.
    """
    table: dict[str, LicenseObject] = _LicenseMapSingleton().merged_data.stable_map
    return table


def parse(text: str, strict: bool = False) -> object | None:
    """The tree of an SPDX expression; None for what is none."""
    if "-with-" in text.lower():
        text = _COMBINED.sub(lambda found: f"{found[1]}-only WITH {_EXCEPTIONS[found[2].lower(), found[1][4]]}", text)
    try:
        return licensing().parse(text, strict=strict) if text else None
    except _REFUSALS:
        return None


def expression(text: str) -> str | None:
    """A valid SPDX expression in its normal spelling; None where it is not one or names what SPDX neither lists nor allows."""
    parsed = parse(text, strict=True)
    unlisted = licensing().unknown_license_keys(parsed) if parsed is not None else []
    return str(parsed) if parsed is not None and all(key.startswith("LicenseRef-") for key in unlisted) else None


def keys_of(text: str) -> frozenset[str]:
    """The licence and exception identifiers in an SPDX expression."""
    return frozenset(_KEY.findall(text)) - _OPERATORS


def joined(expressions: list[str]) -> str | None:
    """Expressions that all bind as one, each licence once; None for none.

    An exception is valid after WITH alone. One of SPDX's list that stands by itself beside licences is put to the only one that it can be
    of, and is left out where there is no such one: without its licence it gives nothing. Others stay: they may take away.
    """
    trees = [part for each in expressions for part in _parts(parse(each))]
    exceptions = {str(tree) for tree in trees if getattr(tree, "is_exception", False) and not str(tree).startswith("LicenseRef-")}
    licences = {str(tree) for tree in trees} - exceptions
    parts = _excepted(licences, exceptions) if licences else exceptions
    return str(combine_expressions(sorted(parts), relation="AND", unique=True, licensing=licensing())) if parts else None


def _excepted(licences: set[str], exceptions: set[str]) -> set[str]:
    """The licences, those that an exception can be of with it."""
    found = set(licences)
    for exception in sorted(exceptions):
        of = [each for each in licences if (each == "Apache-2.0" if exception.startswith("LLVM") else _GNU.fullmatch(each))]
        if len(of) == 1 and not any(f"WITH {exception}" in each for each in licences):
            found = (found - set(of)) | {f"{of[0]} WITH {exception}"}
    return found


def _parts(tree: object | None) -> list[object]:
    if isinstance(tree, licensing().AND):
        return [part for branch in tree.args for part in _parts(branch)]
    return [tree] if tree is not None else []
