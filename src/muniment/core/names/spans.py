"""From a model's entities to spans of our types, scored by how likely they name somebody or something."""

import re
from collections.abc import Collection, Sequence

from muniment.core.findings import Span
from muniment.core.names.model import Entity

# As Presidio maps them. It leaves out organisations by default, and so do we; facilities are places.
TYPES = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "NORP": "NRP",
    "DATE": "DATE_TIME",
    "TIME": "DATE_TIME",
}
SURE, LEANED, UNLIKELY = 0.85, 0.5, 0.3  # the first is Presidio's; under 0.4 a finding is not counted by default

# What makes words a date and not an age, a duration or "last night": a clock, a year, a date in numbers, a month or a weekday.
_CALENDAR = re.compile(
    r"\d{1,2}:\d\d|\b(?:1[5-9]|20)\d\d\b|\b\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?\b|(?i:\b(?:"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|[ap]\.?m)\b)"
)
# Markup, code, addresses of the web, paths and numbers. A name has letters and, where its text has any, a capital.
_NO_NAME = re.compile(r"[<>{}\[\]|\\=_@#$%^*~`;]|://|\w/\w|\(\)|\w\.\w{2}|[a-zß-öø-ÿ][A-Z]\w*[A-Z]|\d{3}")
_EDGE = re.compile(r"^[\W_]+|(?:['’]s)?[^\w.]*$")
_WORDS = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s")
_ENTRY = 2  # words: a line as short is an entry of a menu or a table, where one word says little
_SMALL = re.compile(r"(?<![\w@./-])[a-zß-öø-ÿ]{2,}(?![\w@/-])")


def spans(text: str, entities: Sequence[Entity], model: str, code: bool = False) -> list[Span]:
    """Spans (row 0) of the entities whose label has a type. Of two readings of the same words the model's own counts.

    In `code` the model takes most words for names: there it counts for full names alone, and less.
    """
    typed = [each for each in entities if each.label in TYPES]
    own = [_span(text, each, model, SURE) for each in typed if each.sure]
    if code:
        return [each._replace(score=min(each.score, LEANED if _is_full(text, each) else UNLIKELY)) for each in own]
    leaned = [_span(text, each, model, LEANED) for each in typed if not each.sure]
    if len(_WORDS.findall(text)) <= _ENTRY:
        own = [each._replace(score=UNLIKELY) if each.type == "PERSON" and _is_word(text, each) else each for each in own]
        leaned = [each._replace(score=UNLIKELY) if _is_word(text, each) else each for each in leaned]
    leaned = [each for each in leaned if each.score > UNLIKELY]
    return [*(_widened(each, leaned) for each in own), *(each for each in leaned if not any(meet(each, other) for other in own))]


def small_words(text: str) -> set[str]:
    """The words that a document writes without a capital, but in addresses: what it so writes is hardly a name."""
    return set(_SMALL.findall(text))


def is_common(value: str, small: Collection[str]) -> bool:
    """Whether every word of a capitalised value is among the words that its document also writes small."""
    words = _WORDS.findall(value)
    return value != value.lower() and bool(words) and all(word.lower() in small for word in words)


def meet(one: Span, other: Span) -> bool:
    """Whether two spans of one text have a character in common."""
    return one.start < other.end and other.start < one.end


def _span(text: str, entity: Entity, model: str, score: float) -> Span:
    value = _EDGE.sub("", text[entity.start : entity.end])
    start = text.find(value, entity.start) if value else entity.start
    end = start + len(value) if value else entity.end
    kind = TYPES[entity.label]
    return Span(
        0, start, end, kind, score if _is_likely(kind, value, text == text.lower()) else UNLIKELY, f"{model}/{entity.label}"
    )


def _is_likely(kind: str, value: str, uncapitalised: bool) -> bool:
    if kind == "DATE_TIME":
        return bool(_CALENDAR.search(value))
    if _NO_NAME.search(value) or sum(map(str.isalpha, value)) < 2:
        return False
    return kind == "NRP" or uncapitalised or value != value.lower()


def _is_full(text: str, span: Span) -> bool:
    return span.type == "PERSON" and len(text[span.start : span.end].split()) in (2, 3, 4)


def _is_word(text: str, span: Span) -> bool:
    return not _SPACE.search(text, span.start, span.end)


def _widened(own: Span, leaned: Sequence[Span]) -> Span:
    """With the words that the leaning model adds to it, as a first name that it had not seen."""
    for other in leaned:
        if other.type == own.type and meet(own, other):
            own = own._replace(start=min(own.start, other.start), end=max(own.end, other.end))
    return own
