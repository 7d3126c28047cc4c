"""The clauses of a use, and whether their stance on a thing is one that makes sense."""

from typing import Any

from .fields import shape, texts
from .finding import Refused
from .terms import CONTRACT, OBLIGATIONS, PERMISSIONS, RESERVED, STANCES


def clauses_of(use: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The clauses by what they are about. What none is about is refused (`_stance`)."""
    shape("the use", use, {"name": str, "description": str, "uses": list, "clause": list})
    found: dict[str, dict[str, Any]] = {}
    known = {*PERMISSIONS, *OBLIGATIONS, *RESERVED, *CONTRACT, "classification", "licences"}
    for clause in use["clause"]:
        if not isinstance(clause, dict) or set(clause) != {"about", "stance", "why", "limit", "named", "names"}:
            raise Refused("a clause has other fields than this program knows")
        if clause["about"] in found or clause["about"] not in known or clause["stance"] not in STANCES:
            raise Refused(f"a clause is not understood, or stands twice: {clause['about']} {clause['stance']}")
        if (clause["about"] == "classification") != (clause["stance"] == "limited"):
            raise Refused(f"a clause makes no sense: {clause['about']} {clause['stance']}")
        if clause["about"] in PERMISSIONS and clause["stance"] not in ("required", "admitted"):
            raise Refused(f"a clause makes no sense: {clause['about']} {clause['stance']}")
        found[clause["about"]] = clause
    if not use["uses"] or not set(texts("uses", use["uses"])) <= set(RESERVED):
        raise Refused("the use does not say what is done with a text")
    return found
