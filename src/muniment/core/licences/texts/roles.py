"""Whether a place where a licence is named grants it for the document, only mentions it, or gives it to a part such as a picture."""

import re
from enum import StrEnum

from muniment.core.licences.texts.cues import (
    ADDRESS,
    ASSET,
    FIELD,
    FILE_LINK,
    GRANT,
    GRANT_AFTER,
    GRANT_BEFORE,
    HEADING,
    OTHER_HEADING,
    OWN,
    POINTER,
    SENTENCE_END,
    TALK,
)

LICENCE_NAME = r"(?i)(?:^|[/:!])(?:un)?(?:licen[sc]e|copying|copyright|notice|mit-licen[sc]e)[^/]*$"
_LICENCE_FILE = re.compile(rf"{LICENCE_NAME}|(?:^|[/:!])LICENSES?/[^/]+$")
_CHANGES = re.compile(r"(?:^|[/:!])(?:change(?:log|s)|history|news|release[-_ ]?notes)(?:[^/a-z][^/]*)?$", re.IGNORECASE)
EDGE = 1000  # code points at the start or end of a document where a reference that stands by itself is about the document
_BRIEF = 20  # code points up to which a notice is no more than a reference
_POINTER_LENGTH = 400
_REACH = 160  # code points before a reference that may say what it is for


class Part(StrEnum):
    """What the words around the name of a licence make of it, the surest first."""

    OWN = "own"  # a grant, and of the document
    GRANT = "grant"  # a grant, of whatever
    WEAK = "weak"  # it stands by itself where documents name their licence
    MENTION = "mention"
    ASSET = "asset"


def is_licence_file(key: str) -> bool:
    """Whether a document's key is that of a file that states the licence of what lies beside it."""
    return _LICENCE_FILE.search(key) is not None


def tells_changes(key: str) -> bool:
    """Whether a document's key is that of a file that tells what was changed and when: the licences it names are those of a day."""
    return _CHANGES.search(key) is not None


def part(text: str, start: int, end: int, kind: str, page: bool) -> Part:
    """What a match of a notice or a reference is.

    What is said of a logo or a photo is the asset's. A notice is a grant. A reference is one after words that grant or head a licence or
    when it links to a licence file, and a weak one where it stands by itself near the start or the end of what is no web page.
    """
    said, before = text[start:end], text[max(0, start - 80) : start]
    if ASSET.search(before + said[:40]):
        return Part.ASSET
    if ADDRESS.search(before):
        return Part.MENTION
    sentence = _sentence(text, start)
    if (kind == "notice" and end - start > _BRIEF) or (kind == "tag" and FIELD.search(said)):
        return Part.OWN if OWN.search(sentence + said) or end - start > _REACH else Part.GRANT
    if TALK.search(sentence):
        return Part.MENTION
    if FILE_LINK.match(text[end : end + _REACH]) or GRANT_AFTER.match(text, end) or _under_heading(text, start):
        return Part.OWN
    if GRANT.search(sentence + said) or GRANT_BEFORE.search(sentence):
        return Part.OWN if OWN.search(sentence + said) else Part.GRANT
    near_edge = not page and (start < EDGE or end > len(text) - EDGE)
    return Part.WEAK if near_edge or (not page and _line(text, start, end)) else Part.MENTION


def points_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether a short notice says where the text of a licence is to be found, and not that something is under it."""
    return end - start < _POINTER_LENGTH and POINTER.search(text, start, end) is not None


def _sentence(text: str, start: int) -> str:
    """What stands before a place in its sentence, as far as it reaches."""
    before = text[max(0, start - _REACH) : start]
    ends = [found.end() for found in SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before


def _line(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands in its line, which is no heading and no item of a list."""
    head, tail = text[text.rfind("\n", 0, start) + 1 : start], text.find("\n", end)
    return not re.search(r"[\w#+*-]", head) and not re.search(r"\w", text[end : tail if tail >= 0 else len(text)])


def _under_heading(text: str, start: int) -> bool:
    """Whether a licence heading stands close before, with no other heading between."""
    begin = max(0, start - 2 * _REACH)
    before = text[text.find("\n", begin, start) + 1 or begin : start] if begin else text[:start]
    heads = [found.end() for found in HEADING.finditer(before)]
    return bool(heads) and not OTHER_HEADING.search(before[heads[-1] :])
