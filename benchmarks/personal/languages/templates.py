"""Texts with placeholders, filled: what is labelled is where the values came to stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.personal.languages.values import REGIONS, Values

DOMAINS = ("support", "clinical", "legal", "negative")
_FOLDER = Path(__file__).parent / "templates"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9]*)\}")


@dataclass(frozen=True)
class Template:
    """A text with placeholders in braces, and the regions of its language that it is written in (none: all)."""

    text: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Labelled:
    """A filled text: spans are (start, end, type) in code points; `PLACE` is what may be called a part of an address or not."""

    language: str
    domain: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


@cache
def templates(language: str) -> dict[str, tuple[Template, ...]]:
    """The templates of each domain: blocks under `[domain]`, parted by lines `--`, a first line `@ DE AT` for some regions only."""
    parts = re.split(r"^\[(\w+)\]\n", (_FOLDER / f"{language}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: tuple(_template(each) for each in re.split(r"^--\n", body, flags=re.MULTILINE))
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def corpus(language: str, copies: int, seed: int, half: str = "") -> Iterator[Labelled]:
    """`copies` of each template of a language, each in a region and with values of its own.

    `half`: `even` or `odd` takes every other template. Rules were improved by what they missed in the even ones alone.
    """
    listed = [(domain, number, each) for domain in DOMAINS for number, each in enumerate(templates(language)[domain])]
    for place, (domain, number, template) in enumerate(listed):
        if half == ("odd", "even")[place % 2]:
            continue
        for copy in range(copies):
            yield filled(template, language, domain, Random(f"{seed} {language} {domain} {number} {copy}"))


def filled(template: Template, language: str, domain: str, random: Random) -> Labelled:
    """The template with values in its places."""
    wanted = set(_PLACEHOLDER.findall(template.text))
    regions = template.regions or tuple(REGIONS[language])
    region = random.choice([each for each in regions if all(Values(language, each, random).knows(name) for name in wanted)])
    values = Values(language, region, random)
    text, spans, place = "", [], 0
    for match in _PLACEHOLDER.finditer(template.text):
        text += template.text[place : match.start()]
        value, kind = values(match[1])
        if kind:
            spans.append((len(text), len(text) + len(value), kind))
        text, place = text + value, match.end()
    return Labelled(language, domain, text + template.text[place:], tuple(spans))


def _template(block: str) -> Template:
    first, _, rest = block.partition("\n")
    if first.startswith("@"):
        return Template(rest.rstrip("\n"), tuple(first[1:].split()))
    return Template(block.rstrip("\n"))
