"""Recognisers of personal data as data: what a value looks like, what proves it, and which words speak for it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.policies.toml import refused
from muniment.schemas.source import Record

Score = Annotated[float, Field(ge=0, le=1)]
Category = Literal["health", "finance", "children", "credentials"]
# The files that ship, one for what is the same everywhere and one for each language.
SHIPPED = ("everywhere", "en", "de", "fr", "es", "it", "pl", "nl", "pt")


class Recogniser(Record):
    """One form of one type of personal data.

    The value is the expression's group `value`, or the whole match; expressions are Python's, matched line by line. `validator`
    names a module of python-stdnum (`es.dni`) or one of our own checks. A value that passes scores `score`, or `near` beside one
    of the `context` words; one that fails scores `failed` beside a context word and is no finding elsewhere.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,47}$")]
    type: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,47}$")]
    pattern: str
    languages: tuple[str, ...] = ()  # of documents, ISO 639-1; empty: of any language
    sure: bool = False  # not where the language could not be told: it would find too much in others
    validator: str = ""
    score: Score = 0.0
    near: Score = 0.0
    failed: Score = 0.0
    context: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()  # words beside which it finds nothing
    category: Category | None = None
    examples: tuple[str, ...] = Field(min_length=1)  # texts in which it finds exactly one value
    counterexamples: tuple[str, ...] = ()  # texts in which it finds none

    @model_validator(mode="after")
    def _can_match(self) -> "Recogniser":
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"{self.id}: the pattern is wrong at {error.pos}: {error.msg}") from None
        if not self.score and not (self.near and self.context):
            raise ValueError(f"{self.id}: give a score, or context words and the score near one")
        if self.failed and not (self.validator and self.context):
            raise ValueError(f"{self.id}: failed needs a validator and context words")
        return self


def parse(toml: str, name: str = "recognisers") -> tuple[Recogniser, ...]:
    """The recognisers of one file; `languages` at its top are those of all that name none. Raises `PolicyError`."""
    with refused(name):
        found = tomllib.loads(toml)
        spoken = {"languages": found.get("languages", ())}
        return tuple(Recogniser.model_validate({**spoken, **each}) for each in found.get("recogniser", ()))


@cache
def shipped() -> tuple[Recogniser, ...]:
    """The recognisers that ship with Muniment."""
    folder = files("muniment.policies.recognisers")
    return tuple(each for name in SHIPPED for each in parse(folder.joinpath(f"{name}.toml").read_text(), f"{name}.toml"))


@cache
def category_words() -> dict[str, tuple[str, ...]]:
    """The words of all languages that tell each special category, the first category first."""
    found = tomllib.loads(files("muniment.policies.recognisers").joinpath("categories.toml").read_text())
    return {category: tuple(word for words in by_language.values() for word in words) for category, by_language in found.items()}
