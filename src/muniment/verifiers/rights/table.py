"""The licence table of a proof: what each licence and exception allows and asks."""

from typing import Any

from .expressions import Meaning, meaning
from .fields import shape, texts
from .finding import Refused
from .terms import OBLIGATIONS, PERMISSIONS, UNKNOWN


class Table:
    """The rows of the licence table; raises `Refused` for a row that contradicts itself or what its identifier says."""

    def __init__(self, fields: Any) -> None:
        shape("the table", fields, {"digest": str, "preferred": list, "silent": list, "licences": dict, "exceptions": dict})
        self.digest, self.preferred = fields["digest"], texts("preferred", fields["preferred"])
        self.silent = frozenset(texts("silent", fields["silent"]))
        self.licences = {name: tags_of(f"licence {name}", tags) for name, tags in fields["licences"].items()}
        self.exceptions = {name: tags_of(f"exception {name}", tags, adds=True) for name, tags in fields["exceptions"].items()}
        for name, tags in self.licences.items():
            if tags != UNKNOWN and (missing := _said(name) - tags):
                raise Refused(f"the table says nothing of {', '.join(sorted(missing))} for {name}, whose name does")
        self._read: dict[str | None, Meaning] = {}

    def read(self, expression: str | None) -> Meaning:
        """What an expression means (`meaning`), read once."""
        if expression not in self._read:
            self._read[expression] = meaning(expression, self)
        return self._read[expression]


def _said(name: str) -> frozenset[str]:
    """Tags that an identifier cannot be without."""
    words = name.split("-")
    elements = {"NC": "NONCOMMERCIAL", "ND": "NO_DERIVATIVES", "SA": "SHAREALIKE"}
    if words[:2] == ["CC", "BY"]:
        return frozenset(elements[word] for word in words if word in elements)
    return frozenset(["SHAREALIKE"]) if words[0] in ("GPL", "AGPL", "LGPL", "GFDL") else frozenset()


def tags_of(what: str, value: Any, adds: bool = False) -> frozenset[str]:
    """Tags of a row or a document, sorted and each once; raises `Refused` for any that contradict each other. An exception only `adds`."""
    named = texts(what, value)
    tags = frozenset(named)
    if not tags <= PERMISSIONS | OBLIGATIONS or list(named) != sorted(tags) or not (tags or adds):
        raise Refused(f"{what} has tags that are not understood")
    if tags > UNKNOWN or {"NONCOMMERCIAL", "COMMERCIAL_OK"} <= tags or (adds and tags & PERMISSIONS):
        raise Refused(f"{what} has tags that contradict each other")
    return tags
