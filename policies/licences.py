"""Which policy tags each licence carries (LIC-2): a table that stewards keep, and its loader."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record


class Tag(StrEnum):
    """What a licence allows (the two that end in OK), asks or forbids; UNKNOWN for one that nobody has mapped."""

    COMMERCIAL_OK = "COMMERCIAL_OK"
    REDISTRIBUTION_OK = "REDISTRIBUTION_OK"
    ATTRIBUTION_REQUIRED = "ATTRIBUTION_REQUIRED"
    SHAREALIKE = "SHAREALIKE"
    NONCOMMERCIAL = "NONCOMMERCIAL"
    NO_DERIVATIVES = "NO_DERIVATIVES"
    RESEARCH_ONLY = "RESEARCH_ONLY"
    PARTNER_ONLY = "PARTNER_ONLY"
    UNKNOWN = "UNKNOWN"


class Group(Record):
    """Licences, by SPDX identifier, that carry the same tags."""

    tags: tuple[Tag, ...] = Field(min_length=1)
    licences: tuple[str, ...] = Field(min_length=1)


class Terms(Record):
    """The whole table. `preferred` orders the branches of a choice (OR): the operator takes the first that is offered."""

    preferred: tuple[str, ...] = ()
    group: tuple[Group, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Terms":
        names = [name for group in self.group for name in group.licences]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"licences in two groups: {', '.join(twice)}")
        for group in self.group:
            if Tag.NONCOMMERCIAL in group.tags and Tag.COMMERCIAL_OK in group.tags:
                raise ValueError(f"{group.licences[0]} is both NONCOMMERCIAL and COMMERCIAL_OK")
        return self

    @property
    def digest(self) -> str:
        """Names this table: its meaning, not its layout or comments."""
        return digest(self)

    def tags_of(self) -> dict[str, frozenset[str]]:
        """Tags by SPDX identifier."""
        return {name: frozenset(group.tags) for group in self.group for name in group.licences}


def load_licences(text: str) -> Terms:
    """The table in a TOML text. Raises `PolicyError` where it cannot be read or contradicts itself."""
    return load(Terms, text, "The licence table")


@cache
def licence_tags() -> Terms:
    """The table that ships with Muniment."""
    return load_licences(files("muniment.policies").joinpath("licences.toml").read_text(encoding="utf-8"))
