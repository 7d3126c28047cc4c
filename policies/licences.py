"""Which policy tags each licence carries (LIC-2): a table that stewards keep, and its loader."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files

from pydantic import Field, model_validator

from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record

# The files of the table; `choice` has to come first.
SHIPPED = (
    "choice",
    "creative-commons",
    "content",
    "models",
    "permissive",
    "copyleft",
    "restricted",
    "own",
    "unknown",
    "exceptions",
)


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
    """Licences, by SPDX identifier, that carry the same tags; `source` is where a steward checks them, `reason` why they are UNKNOWN."""

    tags: tuple[Tag, ...] = Field(min_length=1)
    licences: tuple[str, ...] = Field(min_length=1)
    source: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> "Group":
        if Tag.NONCOMMERCIAL in self.tags and Tag.COMMERCIAL_OK in self.tags:
            raise ValueError(f"{self.licences[0]} is both NONCOMMERCIAL and COMMERCIAL_OK")
        if Tag.UNKNOWN in self.tags and len(self.tags) > 1:
            raise ValueError(f"{self.licences[0]} is UNKNOWN and has other tags")
        return self


class Riders(Record):
    """What may stand after WITH, by SPDX identifier, and the tags that it adds to its licence: none for what only permits more."""

    names: tuple[str, ...] = Field(min_length=1)
    adds: tuple[Tag, ...] = ()
    source: str = ""


class Terms(Record):
    """The whole table. `preferred` orders the branches of a choice (OR): the operator takes the first that is offered. What is `silent`
    grants and forbids nothing: beside a licence (AND) it adds nothing, alone it is what its row says."""

    preferred: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    group: tuple[Group, ...]
    exception: tuple[Riders, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "Terms":
        counts = Counter(name for group in self.group for name in group.licences)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            raise ValueError(f"licences in two groups: {', '.join(twice)}")
        return self

    @cached_property
    def digest(self) -> str:
        """Names this table: its meaning, not its layout, order, sources or comments."""
        tables = ({name: sorted(tags) for name, tags in sorted(each.items())} for each in (self.tags_of(), self.adds_of()))
        return digest([self.preferred, sorted(set(self.unspoken)), *tables])

    def tags_of(self) -> Mapping[str, frozenset[str]]:
        """Tags by SPDX identifier."""
        return self._tags

    @cached_property
    def _tags(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(group.tags) for group in self.group for name in group.licences}

    def adds_of(self) -> dict[str, frozenset[str]]:
        """Tags that an exception adds, by SPDX identifier."""
        return {name: frozenset(riders.adds) for riders in self.exception for name in riders.names}

    @property
    def unspoken(self) -> tuple[str, ...]:
        """What adds nothing beside a licence: what is silent, and an exception that only permits more, named for itself."""
        return (*self.silent, *(name for riders in self.exception if not riders.adds for name in riders.names))

    def extended(self, groups: tuple[Group, ...]) -> "Terms":
        """This table with an operator's own groups: a licence that they name leaves the group it was in."""
        named = {name for group in groups for name in group.licences}
        left = [(group, tuple(name for name in group.licences if name not in named)) for group in self.group]
        kept = tuple(group.model_copy(update={"licences": names}) for group, names in left if names)
        return Terms(preferred=self.preferred, silent=self.silent, group=(*kept, *groups), exception=self.exception)


def load_licences(text: str) -> Terms:
    """The table in a TOML text. Raises `PolicyError` where it cannot be read or contradicts itself."""
    return load(Terms, text, "The licence table")


@cache
def licence_tags() -> Terms:
    """The table that ships with Muniment."""
    folder = files("muniment.policies").joinpath("licence_table")
    return load_licences("\n".join(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8") for name in SHIPPED))
