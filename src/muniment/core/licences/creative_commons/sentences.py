"""Names of Creative Commons licences as they stand in a text: "Creative Commons Attribution-NonCommercial 2.5", "CC BY-SA 3.0 DE".

A rule of the database that is merely near to a sentence may name another version or fewer conditions; what the sentence says itself is exact.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from muniment.core.licences.creative_commons.declared import creative_commons

_VERSION = re.compile(r"(?<![\d.])[1-4]\.[0-5](?![\d.]*\d)")
_BEGINNING = re.compile(r"creative\s+commons|\bCC(?=[\s-]?BY\b)|\bCC\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;]\s+(?=[A-Z])|\n\s*\n")
_PORT = re.compile(r"\s+\(?([A-Z][A-Za-z]+)\b")
_FILLER = re.compile(r"[\"'“”‘’«»()\[\]<>*_`]+|\b(?:version|v\.?|ver\.?)(?=\s*[1-4]\.)", re.IGNORECASE)
_LONGEST = 140  # code points of a name


class Name(NamedTuple):
    """A licence that a text names, and where it does."""

    expression: str
    start: int
    end: int


def commons_in(text: str, first: int = 0, last: int | None = None) -> Iterator[Name]:
    """Names whose version stands between two places of a text."""
    for version in _VERSION.finditer(text, first, len(text) if last is None else last):
        window = max(0, version.start() - _LONGEST)
        begun = _last_sentence(text, window, version.start())
        beginnings = list(_BEGINNING.finditer(text, begun, version.start()))
        for beginning in reversed(beginnings):
            if expression := _read(text[beginning.start() : version.end()], _PORT.match(text, version.end())):
                yield Name(expression, beginning.start(), version.end())
                break


def _last_sentence(text: str, first: int, last: int) -> int:
    return max((end.end() for end in _SENTENCE_END.finditer(text, first, last)), default=first)


def _read(name: str, port: re.Match[str] | None) -> str | None:
    plain = _plain(name)
    ported = creative_commons(f"{plain} {port[1]}") if port else None
    return ported or creative_commons(plain)


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return " ".join(_FILLER.sub(" ", name).split())
