"""What the name of a column says about its values, as data: `columns.toml` and its loader."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record

Form = Literal["text", "integer", "number", "date"]
Words = dict[str, tuple[str, ...]]  # language (ISO 639-1, or `any`) → words; `*` at either end stands for more letters


class Reading(Record):
    """One thing that a column can be: a type of personal data, a quasi-identifier, or both.

    A `strong` word in a name says it alone, a `weak` one only with more evidence; a word of `unless` beside them takes it back.
    `proven`: the detector of personal data knows such values, so that values in which it finds none speak against the name.
    """

    type: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_]{1,47})?$")] = ""
    also: tuple[str, ...] = ()  # types of the detector that such a column's values may have just as well
    quasi: str = ""  # what it helps to single somebody out by
    forms: tuple[Form, ...] = ("text",)  # of values that it can have at all
    proven: bool = False
    shape: str = ""  # expression (Rust's) of a whole value; where most values do not match, the name is wrong
    weight: Annotated[float, Field(ge=0, le=1)] = 0.9  # of a strong word
    strong: Words = {}
    weak: Words = {}
    unless: Words = {}

    @model_validator(mode="after")
    def _says_something(self) -> "Reading":
        if not (self.type or self.quasi) or not (self.strong or self.weak):
            raise ValueError("give a type or quasi, and strong or weak words")
        try:
            re.compile(re.sub(r"\\p\{\w+\}", "a", self.shape))  # Python knows no \p
        except re.error as error:
            raise ValueError(f"the shape is wrong: {error.msg}") from None
        return self


class Lexicon(Record):
    """The whole table. A word of `about` after any other says that the column tells something about a value and holds none; a word
    of `front` says so in front of it."""

    about: Words
    front: Words
    reading: tuple[Reading, ...]
    combined: tuple[str, ...]  # quasi-identifiers that are worse together
    passed: tuple[str, ...] = ()  # types of the detector that say nothing about a person by themselves

    @property
    def digest(self) -> str:
        """Names this table: its meaning, not its layout or comments."""
        return digest(self)


def load_columns(text: str) -> Lexicon:
    """The table in a TOML text; raises `PolicyError` where it cannot be used."""
    return load(Lexicon, text, "The table of column names")


@cache
def column_names() -> Lexicon:
    """The table that ships with Muniment."""
    return load_columns(files("muniment.policies").joinpath("columns.toml").read_text(encoding="utf-8"))
