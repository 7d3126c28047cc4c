"""Licences named by no more than a word or two: under a licence heading, in a sentence that grants, on a badge."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from muniment.core.licences.declared.strings import understand
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.texts.cues import OWN, TALK

_MARKUP = r"(?:[^\w\n<]|<[^>\n]*>)*"
_HEADING = re.compile(
    rf"^{_MARKUP}licen[sc](?:e|es|ing)(?: (?:and|&) \w+| information)?{_MARKUP}\n(?:[=~-]+[ \t]*\n)?(?:[ \t]*\n)*(?P<line>[^\n]{{2,120}})",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(
    rf"^{_MARKUP}(?:the )?(?P<name>[A-Za-z][\w.+ -]{{1,40}}?)[*_\]`)]*\s*(?:$|[,.;(\[©<]|\(c\)|copyright|--|—|–|- |by |see )",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:licen[sc]ed|released|distributed|available|published|provided)\s+under\s+(?:the\s+)?(?:terms\s+of\s+)?(?:the\s+)?"
    r"(?P<name>[A-Z0-9][\w.+ -]{1,40}?)\s+(?:(?:open[\s-]source|free|software|permissive|public)\s+){0,2}licen[sc]e\b"
)
_BADGE = re.compile(r"shields\.io/badge/licen[sc]e-(?P<name>(?:[^-\s/?)\]\"']|--)+)-\w+", re.IGNORECASE)
_CONFIDENCE = 0.8
_WORDS = 4
_SHORT = 200  # code points of a text that is nothing but its statement


def named_in_section(text: str, passing: Collection[str | None] = ()) -> Iterator[Evidence]:
    """References to licences by their bare names: under licence headings, in sentences that grant, on badges, and at the beginning of a
    text of a line or two. What is named in `passing` somewhere is granted by no sentence of this kind."""
    lines = [(heading.start("line"), heading["line"]) for heading in _HEADING.finditer(text)]
    if len(text) < _SHORT:
        lines.append((0, text.split("\n", 1)[0]))
    for begin, line in lines:
        name = None if line.startswith("```") else _NAME.match(line)
        if name and len(name["name"].split()) <= _WORDS:
            yield from _reference(name["name"], "licence heading", begin + name.start("name"), begin + name.end("name"))
    for sentence in _SENTENCE.finditer(text):
        before = re.split(r"[\n.]", text[max(0, sentence.start() - 120) : sentence.start()])[-1]
        if OWN.search(before) and not TALK.search(before):
            found = _reference(sentence["name"], "grant sentence", *sentence.span("name"))
            yield from (one for one in found if one.expression not in passing)
    for badge in _BADGE.finditer(text):
        yield from _reference(unquote(badge["name"]).replace("--", "-").replace("_", " "), "licence badge", *badge.span("name"))


def _reference(name: str, rule: str, start: int, end: int) -> Iterator[Evidence]:
    if expression := understand(name.strip()):
        yield Evidence(expression, "reference", rule, _CONFIDENCE, start, end)
