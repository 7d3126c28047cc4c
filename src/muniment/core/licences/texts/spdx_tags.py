"""SPDX tags in texts: `SPDX-License-Identifier: …` (SPDX specification, annex E)."""

import re
from collections.abc import Iterator

from muniment.core.licences.declared.strings import expression
from muniment.core.licences.evidence import Evidence

_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([^\n\r\"'`<>{}|]+)")
_END = re.compile(r"\s*(?:\*/|-->|\*\)|#}|;).*$")


def tags_in(text: str) -> Iterator[Evidence]:
    """The tags of a text, each with its place; one that is no valid expression has none."""
    for tag in _TAG.finditer(text):
        stated = _END.sub("", tag[1]).rstrip(" .,-*/")
        stated = stated if stated.count("(") >= stated.count(")") else stated[: stated.rfind(")")]
        yield Evidence(expression(stated), "tag", "SPDX-License-Identifier", 1.0, tag.start(), tag.start(1) + len(stated))
