"""Licences that a document offers as a choice: named one after the other with nothing but "or" between."""

import re
from collections.abc import Iterator, Sequence

from muniment.core.licences.evidence import Evidence

_ADDRESS = re.compile(r"[<(\[]*(?:https?://|\./|www\.)[^\s>)\]]*[>)\]]*|\]\([^\s)]*\)|\]\[[^\]]*\]")
_OR = re.compile(r"[\W_]*(?:licen[sc]es?\b)?[\W_]*\bor\b[\W_]*(?:(?:under|the|an?|terms|of)\b[\W_]*)*", re.IGNORECASE)
_NEAR = 120


def choices(text: str, places: Sequence[Evidence]) -> Iterator[Evidence]:
    """`places`, in their order, where grants that are offered as a choice become one, of all its branches by OR."""
    waiting: Evidence | None = None
    for place in places:
        if place.role != "grant" or place.kind != "notice" or not place.expression:
            yield place
        elif waiting is not None and (joined := _joined(text, waiting, place)):
            waiting = joined
        else:
            if waiting is not None:
                yield waiting
            waiting = place
    if waiting is not None:
        yield waiting


def _joined(text: str, one: Evidence, other: Evidence) -> Evidence | None:
    """Both as one statement: of the same licence, named and then addressed, or of a choice; None where they are two statements."""
    assert one.end is not None and other.start is not None and one.expression and other.expression
    between = text[one.end : other.start]
    if len(between) > _NEAR:
        return None
    between = _ADDRESS.sub(" ", between)
    branches = one.expression.split(" OR ")
    if other.expression in branches and not re.search(r"\w", between):
        return one._replace(end=other.end)
    if _OR.fullmatch(between) and " " not in other.expression and all(" " not in branch for branch in branches):
        return one._replace(expression=" OR ".join([*branches, other.expression]), end=other.end)
    return None
