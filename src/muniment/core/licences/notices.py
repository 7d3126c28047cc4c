"""What a page says of rights beside its text: the statements that extraction kept, one `where: what` a line, and how far each binds.

`link`, `meta` and JSON-LD in the head stand above `rel=license` and RDFa in the body, these above the footer; only the strongest count.
What is said in a figure, or of an image, is the asset's licence and not the page's.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import polars as pl

from muniment.core.licences.declared import address, understand
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.rules import Rules
from muniment.core.licences.texts import named_in

_WHERE = re.compile(r"^(link rel=license|meta [^:]*(?::[\w.-]+)?|json-ld .*? license|page rel=license|footer): (.+)$")
_RIGHTS = re.compile(r"^meta \S*(?:licen[cs]e|rights)$")
_ASSET = re.compile(r"^json-ld \S*(?:Image|Photo|Video|Audio|Font)")
_URL = re.compile(r"https?://\S+|//\S+")
_HEAD, _BODY, _FOOTER = 0.98, 0.95, 0.9

_Reader = Callable[[str], tuple[str, float] | None]


class Statement(NamedTuple):
    """One statement: an SPDX expression, or None where it was not understood, and its confidence."""

    expression: str | None
    confidence: float
    where: str


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the notices of a frame of (doc, notices)."""
    for doc, said in frame.select("doc", "notices").drop_nulls().iter_rows():
        for found in strongest(said, lambda sentence: named_in(sentence, rules)):
            yield doc, Evidence(found.expression, "markup", found.where, found.confidence)


def strongest(notices: str, read: _Reader) -> list[Statement]:
    """The strongest statements about a page. `read` finds a licence named in a sentence of a footer: (expression, confidence) or None."""
    found = [statement for line in notices.splitlines() if (statement := _statement(line, read))]
    most = max((statement.confidence for statement in found), default=0.0)
    return sorted({statement for statement in found if statement.confidence == most}, key=lambda one: one.expression or "")


def _statement(line: str, read: _Reader) -> Statement | None:
    parts = _WHERE.match(line)
    if not parts or _ASSET.match(parts[1]):
        return None
    where, what = parts.groups()
    linked = next(filter(None, map(address, _URL.findall(what))), None)
    if where == "footer":
        said = (linked, 1.0) if linked else read(what)
        return Statement(said[0], _FOOTER * said[1], where) if said else None
    expression = linked or understand(what)
    if where.startswith("meta"):  # `rights` may hold any sentence: only one that names a licence is a statement about it
        return Statement(expression, _HEAD, where) if _RIGHTS.match(where) and (expression or "licen" in where) else None
    return Statement(expression, _BODY if where.startswith("page") else _HEAD, where)
