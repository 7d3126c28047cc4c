"""What the matches in one document amount to: each with its role, those that add nothing to others as mentions."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from muniment.core.licences.evidence import Evidence
from muniment.core.licences.texts.choices import choices
from muniment.core.licences.texts.cues import narrowed
from muniment.core.licences.texts.implied import dedicated, implied
from muniment.core.licences.texts.roles import EDGE, Part, is_licence_file, part, points_elsewhere, tells_changes
from muniment.core.licences.texts.versions import unversioned

UNNAMED = "LicenseRef-scancode-unknown-license-reference"  # the database's name for terms that are stated and not named
TALK = 2  # a document that names more licences than this in passing is about licences
FIRM = 0.75  # confidence in a licence named word for word after words that grant, however short its name
SURE = 0.75  # a reference that stands by itself in a text of some length counts from this confidence
_LONG = 300  # code points from which a match is a text that nobody quotes in passing
# What the database makes of a word or two: no licence that a document of some length would be under.
_GENERIC = frozenset(
    ["LicenseRef-scancode-proprietary-license", "LicenseRef-scancode-commercial-license", "LicenseRef-scancode-warranty-disclaimer"]
)
_GENERIC_LENGTH = 60
_GAP = 80  # code points between two paragraphs of one notice


class Subject(NamedTuple):
    """The document: its key, its text, and whether it is a web page."""

    key: str
    text: str
    page: bool


def settled(subject: Subject, places: Sequence[Evidence]) -> Iterator[Evidence]:
    """The evidence of one document: `places` with kind, role and scope as they count.

    A reference after words that grant is a notice. One that only stands near an edge stays a reference. In a document about licences, one
    that names many, only what speaks of the document itself is a grant. A text or notice that nobody understood has the expression
    `UNNAMED`, and so has a pointer to terms elsewhere; a family name has none. Mentions and assets are told once for each expression.
    """
    whole = is_licence_file(subject.key)
    places = [
        place._replace(expression=UNNAMED) if narrowed(subject.text, place.expression, place.end) else place for place in places
    ]
    parts = [Part.OWN if whole else _part(subject, place) for place in places]
    least = _least(places, parts)
    kept = [_counted(place, one, least, len(subject.text)) for place, one in zip(places, parts, strict=True)]
    kept = list(choices(subject.text, _resolved(subject.text, kept)))
    pointers = [
        place.kind == "reference" or _points(subject.text, place) or _goes_on(subject.text, before, place)
        for before, place in zip([None, *kept], kept, strict=False)
    ]
    yield from _told(_without_implied(kept, pointers), "project" if whole else "document")


def _part(subject: Subject, place: Evidence) -> Part:
    start, end = _span(place)
    size = len(subject.text)
    if end - start > 0.6 * size:  # the text is nothing but this
        return Part.OWN
    if place.expression in _GENERIC and end - start < _GENERIC_LENGTH and size > EDGE:
        return Part.MENTION
    if tells_changes(subject.key) and end - start < _LONG:
        return Part.MENTION
    if place.kind == "text":
        return Part.OWN if end - start > _LONG else Part.GRANT
    return part(subject.text, start, end, place.kind, subject.page)


def _least(places: Sequence[Evidence], parts: Sequence[Part]) -> Sequence[Part]:
    """The parts that are grants in this document."""
    passing = {place.expression for place, one in zip(places, parts, strict=True) if one in (Part.GRANT, Part.WEAK, Part.MENTION)}
    passing -= {None, UNNAMED}
    quoted = any(end - start > _LONG for start, end in map(_span, places))
    if len(passing) > TALK and not quoted:
        return (Part.OWN,)
    return (Part.OWN, Part.GRANT, Part.WEAK)


def _counted(place: Evidence, one: Part, least: Sequence[Part], size: int) -> Evidence:
    grant = one in least and not (one is Part.WEAK and place.confidence < SURE and size > EDGE)
    firm = grant and one is not Part.WEAK
    kind = "reference" if place.kind == "tag" else place.kind
    if firm and kind == "reference" and place.expression not in (None, UNNAMED):
        return place._replace(kind="notice", role="grant", confidence=max(place.confidence, FIRM))
    expression = place.expression or (UNNAMED if kind != "reference" else None)
    role = "grant" if grant else "asset" if one is Part.ASSET else "mention"
    return place._replace(kind=kind, role=role, expression=expression)


def _resolved(text: str, places: list[Evidence]) -> list[Evidence]:
    """Where a grant names a family alone and the text points to Debian's copy of a licence, that licence is granted."""
    grants = [place.expression for place in places if place.role == "grant"]
    if not grants or any(grants):
        return places
    copies = [place.role == "mention" and place.expression not in (None, UNNAMED) and _in_debian(text, place) for place in places]
    return [place._replace(role="grant", kind="notice") if copy else place for place, copy in zip(places, copies, strict=True)]


def _in_debian(text: str, place: Evidence) -> bool:
    start, end = _span(place)
    return "/usr/share/common-licenses/" in text[max(0, start - 30) : end]


def _without_implied(places: Sequence[Evidence], pointers: Sequence[bool]) -> Iterator[Evidence]:
    told = {place.expression for place in places if place.role == "grant"}
    understood = [expression for expression in told if expression and expression != UNNAMED]
    for place, pointer in zip(places, pointers, strict=True):
        expression = place.expression
        if place.role != "grant":
            yield place
        elif pointer and expression in (None, UNNAMED):
            yield place._replace(role="mention") if understood else place
        elif expression and (dedicated(expression, understood) or (pointer and implied(expression, understood))):
            yield place._replace(role="mention")
        else:
            yield place


def _points(text: str, place: Evidence) -> bool:
    return place.kind == "notice" and points_elsewhere(text, *_span(place))


def _goes_on(text: str, before: Evidence | None, place: Evidence) -> bool:
    """Whether it is the next paragraph of the notice before it, which disclaims warranty and names no version again."""
    start, end = _span(place)
    return before is not None and start - _span(before)[1] < _GAP and unversioned(place.expression, text[start:end])


def _span(place: Evidence) -> tuple[int, int]:
    assert place.start is not None and place.end is not None
    return place.start, place.end


def _told(places: Iterator[Evidence], scope: str) -> Iterator[Evidence]:
    told = set()
    for place in places:
        if place.role == "grant" or (place.role, place.expression) not in told:
            told.add((place.role, place.expression))
            yield place._replace(scope="asset" if place.role == "asset" else scope)
