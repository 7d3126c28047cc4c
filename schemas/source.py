"""A registered source: where documents come from, whose they are, and by what right they may be taken in."""

from collections import abc
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Kind(StrEnum):
    """What a source is read with."""

    FOLDER = "folder"
    TABLE = "table"
    GIT = "git"
    DISTRIBUTIONS = "distributions"


class Classification(StrEnum):
    """How sensitive a source is, from least to most."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class Lane(StrEnum):
    """Which path a source's captures take to promotion."""

    GREEN = "green"
    STANDARD = "standard"
    RESTRICTED = "restricted"
    BLOCKED = "blocked"


class Status(StrEnum):
    """Whether a source may feed the corpus at all."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SUSPENDED = "suspended"


class Record(BaseModel):
    """Base of all records: immutable, and a field that we do not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: abc.Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed; what was worked out once from the old fields (`cached_property`) stays behind."""
        copied = super().model_copy(update=update, deep=deep)
        for name in vars(copied).keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Selection(Record):
    """What is taken of all that is there (glob patterns relative to the location; caps)."""

    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # columns or keys of structured records that may be taken; empty: those that are mapped
    where: str = ""  # row filter of a table source, a Polars SQL condition: "lang = 'en'"
    max_bytes: int = Field(default=20_000_000, gt=0)  # per document
    max_documents: int | None = Field(default=None, gt=0)
    max_per_project: int | None = Field(default=None, gt=0)


class Mapping(Record):
    """Which columns of a table source hold what. `text` is required there."""

    text: str = ""
    key: str = ""  # empty: the row number
    title: str = ""
    modified: str = ""
    licence: str = ""
    acl: str = ""
    headers: str = ""  # response headers: a JSON object, or lines as received; only what speaks of rights is kept


class Terms(Record):
    """Contract terms that travel with a source's documents, and from when to when this version of them holds."""

    customer: str = ""  # empty: not bound to one
    no_mixing: bool = False
    no_pretraining: bool = False
    retention_days: int | None = Field(default=None, gt=0)
    delete_on_termination: bool = False
    valid_from: date | None = None  # empty: from when it was recorded
    valid_until: date | None = None  # the first day on which it holds no more; empty: until a later version

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Terms":
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class Source(Record):
    """One registry entry. Nothing is captured from a source that is not approved or has no owner."""

    id: Slug
    kind: Kind
    location: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    steward: Annotated[str, Field(min_length=1)]
    tenant: str = "default"
    classification: Classification = Classification.INTERNAL
    lane: Lane = Lane.STANDARD
    document_type: str = "document"
    domain: str = "general"
    language: str = ""  # expected language, ISO 639-1; empty: any
    declared_licence: str = ""
    terms: Terms = Terms()
    acl: tuple[str, ...] = ()  # groups that may read; none means nobody
    refresh: str = ""  # cron expression; empty: by hand
    max_staleness_days: int | None = Field(default=None, gt=0)
    authority: int = Field(default=50, ge=0, le=100)  # rank when duplicates compete, higher is kept
    select: Selection = Selection()
    columns: Mapping = Mapping()
    keep_originals: bool = False  # the bytes as fetched too, each under a key of its own
    status: Status = Status.PROPOSED
    approved_by: str = ""
    version: int = Field(default=1, ge=1)
