"""What the matches in one document amount to: each with its role, those that add nothing to others as mentions."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from muniment.core.licences.evidence import Evidence
from muniment.core.licences.implied import dedicated, implied
from muniment.core.licences.roles import EDGE, is_licence_file, points_elsewhere, role

UNNAMED = "LicenseRef-scancode-unknown-license-reference"  # the database's name for terms that are stated and not named
FIRM = 0.75  # confidence in a licence named word for word after words that grant, however short its name
SURE = 0.75  # a reference that stands by itself in a text of some length counts from this confidence
TALK = 2  # a document that names more licences than this, and grants none, is about licences


class Subject(NamedTuple):
    """The document: its key, its text, and whether it is a web page."""

    key: str
    text: str
    page: bool


def settled(subject: Subject, places: Sequence[Evidence]) -> Iterator[Evidence]:
    """The evidence of one document: `places` with kind, role and scope as they count.

    A reference after words that grant is a notice. One that only stands near an edge stays a reference, and is a mention where many
    licences are named and none is granted. A text or notice that nobody understood has the expression `UNNAMED`, and so has a
    pointer to terms elsewhere; a family name has none.
    Mentions and assets are told once for each expression.
    """
    whole = is_licence_file(subject.key)
    roles = [_role(subject, place, whole) for place in places]
    granted = [
        place
        for place, part in zip(places, roles, strict=True)
        if part == "grant" and place.kind != "reference" and place.expression != UNNAMED
    ]
    named = {place.expression for place, part in zip(places, roles, strict=True) if part in ("weak", "mention")}
    talk = len(named) > TALK and not granted
    long = len(subject.text) > EDGE
    kept = [_counted(place, _final(place, part, talk, long), part == "grant") for place, part in zip(places, roles, strict=True)]
    pointers = [place.kind == "reference" or _points(subject.text, place) for place in kept]
    yield from _told(_without_implied(kept, pointers), "project" if whole else "document")


def _role(subject: Subject, place: Evidence, whole: bool) -> str:
    assert place.start is not None and place.end is not None
    alone = place.end - place.start > 0.6 * len(subject.text)  # the text is nothing but this name
    if whole or alone or place.kind == "text":
        return "grant"
    return role(subject.text, place.start, place.end, place.kind, subject.page)


def _final(place: Evidence, part: str, talk: bool, long: bool) -> str:
    doubtful = part == "weak" and (talk or (place.confidence < SURE and long))
    return "mention" if doubtful or (talk and place.expression in (None, UNNAMED)) else "grant" if part == "weak" else part


def _counted(place: Evidence, part: str, firm: bool) -> Evidence:
    kind = "reference" if place.kind == "tag" else place.kind
    kind = "notice" if kind == "reference" and firm and place.expression not in (None, UNNAMED) else kind
    expression = place.expression or (UNNAMED if kind != "reference" else None)
    confidence = max(place.confidence, FIRM) if firm and kind == "notice" else place.confidence
    return place._replace(kind=kind, role=part, expression=expression, confidence=confidence)


def _without_implied(places: list[Evidence], pointers: list[bool]) -> Iterator[Evidence]:
    told = {(place.expression, place.kind) for place in places if place.role == "grant"}
    understood = [expression for expression, _ in told if expression and expression != UNNAMED]
    for place, pointer in zip(places, pointers, strict=True):
        expression = place.expression
        if place.role != "grant":
            yield place
        elif place.kind == "reference" and expression in (None, UNNAMED):
            yield place._replace(role="mention") if understood else place
        elif expression and (dedicated(expression, understood) or (pointer and implied(expression, understood))):
            yield place._replace(role="mention")
        else:
            yield place


def _points(text: str, place: Evidence) -> bool:
    assert place.start is not None and place.end is not None
    return place.kind == "notice" and points_elsewhere(text, place.start, place.end)


def _told(places: Iterator[Evidence], scope: str) -> Iterator[Evidence]:
    told = set()
    for place in places:
        if place.role == "grant" or (place.role, place.expression) not in told:
            told.add((place.role, place.expression))
            yield place._replace(scope="asset" if place.role == "asset" else scope)
