"""Notices of the GNU licences as they stand in a text: which licence, which version, and whether later ones are allowed.

Thousands of notices differ in nothing but these words, so that one is nearly another's: what is nearly a rule is read for itself.
"""

import re

_FAMILY = re.compile(r"\b(?:(affero)|(lesser|library)|)\W*general\W+public\W+licen[sc]e", re.IGNORECASE)
_VERSION = re.compile(r"\b(?:version|v\.?)\W{0,6}(\d(?:\.\d)?)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:any|all|or)\W+(?:\w+\W+)?(?:later|newer|subsequent|higher)\b", re.IGNORECASE)
_NAMED = re.compile(r"\bgnu\b|gpl|general\W+public|affero|copyleft|free\W+software\W+foundation|\bfsf\b", re.IGNORECASE)
_GNU = re.compile(r"(?:A|L)?GPL-\d\.\d-(?:only|or-later)")
_KNOWN = {
    "GPL": frozenset(["1.0", "2.0", "3.0"]),
    "LGPL": frozenset(["2.0", "2.1", "3.0"]),
    "AGPL": frozenset(["1.0", "3.0"]),
}


def restated(expression: str, said: str) -> str:
    """The GNU licence that `said` names, where a rule for `expression` is nearly in it; `expression` where it names none or several."""
    if not _GNU.fullmatch(expression):
        return expression
    families = {"AGPL" if affero else "LGPL" if lesser else "GPL" for affero, lesser in _FAMILY.findall(said)}
    versions = {version if "." in version else f"{version}.0" for version in _VERSION.findall(said)}
    if len(families) != 1 or len(versions) != 1:
        return expression
    [family], [version] = families, versions
    reach = "or-later" if _LATER.search(said) else "only"
    return f"{family}-{version}-{reach}" if version in _KNOWN[family] else expression


def denied(expression: str, said: str) -> bool:
    """Whether a text that is nearly a rule for a GNU licence lacks the licence's name: what is left may be anybody's disclaimer."""
    return _GNU.fullmatch(expression) is not None and not _NAMED.search(said)


def unversioned(expression: str | None, said: str) -> bool:
    """Whether a place names a GNU licence and no version of it, as the paragraph of a notice that disclaims warranty does."""
    return expression is not None and _GNU.fullmatch(expression) is not None and not re.search(r"\d", said)
