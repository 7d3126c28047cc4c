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


def named_in_section(text: str) -> Iterator[Evidence]:
    """References to licences by their bare names under licence headings and on badges."""
    for heading in _HEADING.finditer(text):
        if name := _NAME.match(heading["line"]):
            begin = heading.start("line")
            yield from _reference(name["name"], "licence heading", begin + name.start("name"), begin + name.end("name"))
    for badge in _BADGE.finditer(text):
        yield from _reference(unquote(badge["name"]).replace("--", "-").replace("_", " "), "licence badge", *badge.span("name"))


def _reference(name: str, rule: str, start: int, end: int) -> Iterator[Evidence]:
    if expression := understand(name.strip()):
        yield Evidence(expression, "reference", rule, _CONFIDENCE, start, end)
