"""Licences named by no more than a word or two: on the first line under a licence heading, and on badges."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from muniment.core.licences.declared import understand
from muniment.core.licences.evidence import Evidence

_MARKUP = r"(?:[^\w\n<]|<[^>\n]*>)*"
_HEADING = re.compile(
    rf"^{_MARKUP}licen[sc](?:e|es|ing)(?: (?:and|&) \w+| information)?{_MARKUP}\n(?:[=~-]+[ \t]*\n)?(?:[ \t]*\n)*(?P<line>[^\n]{{2,120}})",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(
    rf"^{_MARKUP}(?:the )?(?P<name>[A-Za-z][\w.+ -]{{1,40}}?)[*_\]`)]*\s*(?:$|[,.;(\[©<]|\(c\)|copyright|--|—|–|- |by |see )",
    re.IGNORECASE,
)
_BADGE = re.compile(r"shields\.io/badge/licen[sc]e-(?P<name>(?:[^-\s/?)\]\"']|--)+)-\w+", re.IGNORECASE)
_CONFIDENCE = 0.8
_WORDS = 4
_SHORT = 200  # code points of a text that is nothing but its statement


def named_in_section(text: str) -> Iterator[Evidence]:
    """References to licences by their bare names under licence headings, on badges and at the beginning of a text of a line or two."""
    lines = [(heading.start("line"), heading["line"]) for heading in _HEADING.finditer(text)]
    if len(text) < _SHORT:
        lines.append((0, text.split("\n", 1)[0]))
    for begin, line in lines:
        name = _NAME.match(line)
        if name and len(name["name"].split()) <= _WORDS:
            yield from _reference(name["name"], "licence heading", begin + name.start("name"), begin + name.end("name"))
    for badge in _BADGE.finditer(text):
        yield from _reference(unquote(badge["name"]).replace("--", "-").replace("_", " "), "licence badge", *badge.span("name"))


def _reference(name: str, rule: str, start: int, end: int) -> Iterator[Evidence]:
    if expression := understand(name.strip()):
        yield Evidence(expression, "reference", rule, _CONFIDENCE, start, end)
