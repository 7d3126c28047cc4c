"""Plain-language notices of rights that no licence database lists: all rights reserved, confidential, for research, for partners.

Each is an anchor, by which a text is searched at the speed of a substring search, and a pattern that must hold around it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from muniment.core.licences.evidence import Evidence
from muniment.core.licences.texts.roles import EDGE

ALL_RIGHTS_RESERVED = "LicenseRef-AllRightsReserved"
CONFIDENTIAL = "LicenseRef-Confidential"
RESEARCH_ONLY = "LicenseRef-ResearchOnly"
PARTNER_ONLY = "LicenseRef-PartnerOnly"
US_GOVERNMENT_WORK = "LicenseRef-scancode-us-govt-public-domain"
_CONFIDENCE = 0.8
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_WINDOW = 160  # code points before and after an anchor that its pattern sees


class Plain(NamedTuple):
    """One notice: its expression, and the code points where it stands."""

    expression: str
    start: int
    end: int


_RESERVED = (
    *("all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "tous droits reserves"),
    *(
        "todos los derechos reservados",
        "reservados todos los derechos",
        "tutti i diritti riservati",
        "todos os direitos reservados",
    ),
    *("alle rechten voorbehouden", "wszelkie prawa zastrzeżone", "все права защищены", "版权所有", "保留所有权利", "無断転載"),
)
_RESEARCH = r"(?:academic|scientific|scholarly|research|educational|teaching|study)"
_ONLY = r"(?:only|solely|exclusively|strictly)"
_PURPOSE = rf"(?:non-?commercial,? )?(?:{_RESEARCH}(?:,| and| or| and/or|/)? ?){{1,4}}(?:purposes?|use|users?)"
_STUDY = r"(?:non-?commercial,? )?(?:academic |scientific )?(?:research|study)"
_RESEARCH_PATTERN = (
    rf"\bfor {_STUDY} {_ONLY}\b|\b(?:for|to) (?:the )?(?:purposes? of )?(?:use (?:in|for) )?{_PURPOSE} {_ONLY}\b"
    rf"|\b(?:{_ONLY}|restricted|limited) (?:be used |to be used |available |licensed |intended |to |use )*(?:for |to )?{_PURPOSE}\b"
)
_CONFIDENTIAL_PATTERN = (
    r"\b(?:(?:strictly|company|highly|commercially|proprietary and|private and) )?confidential\b.{0,80}?"
    r"\b(?:internal use|do not (?:distribute|copy|share|forward|disclose|redistribute)|not for (?:distribution|release|disclosure)"
    r"|(?:must|may|shall|should) not be (?:disclosed|distributed|shared|copied|forwarded|reproduced)|trade secrets?)\b"
    r"|\b(?:company|corp(?:oration)?|inc|ltd|gmbh|proprietary|restricted|classified|employees)\b.{0,80}?\binternal (?:\w+ )?use only\b"
    r"|\binternal (?:\w+ )?use only\b.{0,80}?\b(?:confidential|proprietary|(?:do|must|may) not (?:be )?(?:distribut|cop|shar|forward|disclos|circulat|publish|post)\w*|not for|disclos\w+|distribut\w+|employees)\b"
    r"|^\W*(?:(?:strictly )?for )?internal (?:\w+ )?use only\W*$|\b(?:company|strictly|proprietary and) confidential\b"
    r"|\bdo not (?:distribute|share|forward|disclose) outside (?:of )?(?:the|this|our) (?:company|organi[sz]ation|team|firm)\b"
)
_PARTNER_PATTERN = (
    r"\b(?:to|for|with|by|available to) (?:our |its |the )?(?:licensed |authori[sz]ed |approved |registered |selected |named )*partners?\b"
    r".{0,60}?\b(?:under (?:an? |the )?(?:NDA|non-?disclosure|(?:\w+ ){0,2}agreement)|only\b)"
    r"|\bunder (?:an? |the |our )?(?:data[ -]sharing|data[ -]use|partner(?:ship)?|non-?disclosure) agreement\b"
    r"|\b(?:shared|provided|disclosed|supplied|delivered|released|made available) (?:\w+ ){0,5}under (?:an? |the )?NDA\b"
    r"|\bpartners? only\b"
)
_OGL = r"open government licen[cs]e(?: for public sector information)?,? ?(?:\(?ogl\)? ?)?(?:v|ver\.?|version)? ?{}"
_GOVERNMENT_PATTERN = (
    r"\bwork of the (?:united states|u\.?s\.?) (?:federal )?government\b"
    r"|\bnot subject to (?:domestic |u\.?s\.? )?copyright (?:protection )?(?:in|within) the (?:united states|u\.?s\.?)(?=\W)"
)
_NOTICES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (ALL_RIGHTS_RESERVED, _RESERVED, "|".join(map(re.escape, _RESERVED))),
    (
        CONFIDENTIAL,
        ("confidential", "for internal", "internal use only", "outside the company", "outside the organi"),
        _CONFIDENTIAL_PATTERN,
    ),
    (RESEARCH_ONLY, ("research", "academic", "scientific use", "scientific purposes", "educational"), _RESEARCH_PATTERN),
    (PARTNER_ONLY, ("partner", "nda", "sharing agreement", "disclosure agreement", "use agreement"), _PARTNER_PATTERN),
    (US_GOVERNMENT_WORK, ("states government", "s. government", "us government", "subject to"), _GOVERNMENT_PATTERN),
    *((f"OGL-UK-{version}.0", ("open government licen",), _OGL.format(rf"{version}(?:\.0)?\b")) for version in (1, 2, 3)),
    *(
        (f"OGL-UK-{version}.0", ("open-government-licence",), rf"open-government-licence/version/{version}\b")
        for version in (1, 2, 3)
    ),
)
_READERS = [(name, anchors, re.compile(pattern, re.IGNORECASE | re.DOTALL | re.MULTILINE)) for name, anchors, pattern in _NOTICES]
# What of these a text must hold before it is searched at all: rare in texts that have no such notice.
PLAIN_WORDS = [
    *_RESERVED,
    *(
        "confidential",
        "internal use only",
        "research purpose",
        "research use",
        "academic purpose",
        "academic use",
        "educational use",
    ),
    *("educational purpose", "scientific purpose", "scientific use", "research only", "partner", "under nda", "sharing agreement"),
    *("disclosure agreement", "use agreement", "states government", "open government licen", "open-government-licence"),
]


def plain_statements(text: str, matched: Sequence[Evidence], granted: bool) -> Iterator[Evidence]:
    """The plain notices of a text as evidence, without those inside of `matched` texts and notices of the rule base.

    A notice near an edge, or beside a sign of copyright, is about the document; elsewhere it is a mention. "All rights reserved" beside a
    grant stands in the grant's own copyright line, and is a mention.
    """
    for name, start, end in plain(text):
        if any(one.start <= start and end <= one.end for one in matched if one.start is not None and one.end is not None):
            continue
        near = start < EDGE or end > len(text) - EDGE or _COPYRIGHT.search(text, max(0, start - 120), start) is not None
        told = near and not (granted and name == ALL_RIGHTS_RESERVED)
        kind = "reference" if name == ALL_RIGHTS_RESERVED else "notice"  # it gives way to what the project of a file says
        yield Evidence(name, kind, "plain notice", _CONFIDENCE, start, end, "grant" if told else "mention")


def plain(text: str) -> Iterator[Plain]:
    """Plain-language notices in a text, each by its first place."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose lower case is two: places would shift
        lower = text
    for name, anchors, pattern in _READERS:
        found = next((match for anchor in anchors for match in _around(text, lower, anchor, pattern)), None)
        if found is not None:
            yield Plain(name, *found)


def _around(text: str, lower: str, anchor: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    place = lower.find(anchor)
    while place >= 0:
        if match := pattern.search(text, max(0, place - _WINDOW), place + len(anchor) + _WINDOW):
            yield match.span()
        place = lower.find(anchor, place + _WINDOW)
