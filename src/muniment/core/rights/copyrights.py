"""Copyright lines in a text: who is to be named, as the text itself says it."""

import re

_MOST = 40  # lines of one text
_LINE = re.compile(
    r"^[^\w\n©(]{0,16}(?P<line>(?:(?:portions|parts|original work)\W{1,3})?"
    r"(?:SPDX-FileCopyrightText\s*:|copyright\b|copr\.|©|\(c\)(?=\s*\w)|(?:19|20)\d\d[\d\s,–-]{0,40}(?:©|\(c\)))[^\n]{0,300})$",
    re.IGNORECASE | re.MULTILINE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SIGN = re.compile(r"©|\(c\)|SPDX-FileCopyrightText|^copyright\s*:|^copyright\s+by\b", re.IGNORECASE)
_NAMED = re.compile(r"(?:©|\(c\)|Text\s*:|copyright\s*:|copyright\s+by\b)[\s\d,–-]*(?P<name>\S+)", re.IGNORECASE)
_END = re.compile(r"(?:\s|-->|\*/|[*#|;\"'])+$")
# What is left of a form that nobody filled in, and what speaks about copyright and claims none.
_FORM = re.compile(
    r"[\[<{](?:yyyy|year|dates?|name|fullname|holder|owner|copyright|your)|\byyyy\b|name of (?:copyright|author)", re.IGNORECASE
)
_TALK = re.compile(
    r"copyright(?:s|ed|able)?\s+(?:notices?|holders?|owners?|laws?|licen[sc]es?|statements?|interests?|protection|act|and|or|is|in|to|"
    r"treaty|status|infring\w*|office|directive|term|information|disclaimer|years?|lines?|header|exception)\b",
    re.IGNORECASE,
)
# The licence's own copyright, not that of what is licensed.
_OF_THE_LICENCE = re.compile(r"\s*(?:<?https?://\S+\s*)?(?:\d+ [^\n]{0,80}\n\s*)?Everyone is permitted to copy", re.IGNORECASE)


def copyright_lines(text: str) -> list[str]:
    """The copyright lines of a text in their order, each once, at most 40, without comment signs before and after.

    Lines of forms (`Copyright [yyyy] [name of copyright owner]`), sentences about copyright, and the copyright of a licence text itself are
    not among them.
    """
    found: dict[str, None] = {}
    for match in _LINE.finditer(text):
        line = _END.sub("", " ".join(match["line"].split()))
        if _claims(line) and not _OF_THE_LICENCE.match(text, match.end()):
            found[line] = None
        if len(found) == _MOST:
            break
    return list(found)


def _claims(line: str) -> bool:
    """Whether a line names a year or a holder, and is neither a form nor a sentence about copyright."""
    if _FORM.search(line) or _TALK.match(line):
        return False
    if _YEAR.search(line):
        return True
    # A bare "(c)" without a year is the third point of a list.
    named = _NAMED.search(line) if _SIGN.search(line) and not line.lower().startswith("(c)") else None
    return bool(named and named["name"][:1].isupper())
