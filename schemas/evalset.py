"""A registered evaluation set: its versions, who may read its items, and what of it must never be promoted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import pyarrow as pa
from pydantic import Field, model_validator

from muniment.schemas.source import Record, Slug
from muniment.schemas.stored import Stored


class ItemKind(StrEnum):
    """What an item is. All but an answer are screened for as questions are."""

    QUESTION = "question"  # with its answer, where it has one
    ANSWER = "answer"  # a reference text on its own
    PROMPT = "prompt"
    SENSITIVE = "sensitive"  # a passage that must not be trained on: a canary, a red-team text


# One row an item, sorted by item; question and answer are empty where there is none. A retired item is screened for before the day
# `until`, and as long as the set is registered where that is null.
EVALSET = pa.schema(
    [
        *(pa.field(name, pa.large_string(), nullable=False) for name in ("suite", "item", "question", "answer")),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("retired", pa.date32()),
        pa.field("until", pa.date32()),
    ]
)


class Version(Record):
    """One state of a set."""

    number: int = Field(ge=1)
    items: Stored
    at: datetime | None = None  # null: registered before sets had versions
    actor: str = ""
    used: int = 0
    retired: int = 0
    untils: tuple[date, ...] = ()  # days from which on some retired items are no longer screened for, ascending


class File(Record):
    """A file that items came from, by keyed hashes: of its SHA-256, and of where it lay."""

    mark: str
    place: str
    bytes: int


class EvalSet(Record):
    """What `refs/evalsets/<id>` holds: no item, and no id of one. A removed set stays as its name and the number of its last version,
    so that no number names two things."""

    id: Slug
    group: Annotated[str, Field(min_length=1)] = "evaluators"  # its principals read and change it
    versions: tuple[Version, ...] = ()
    files: tuple[File, ...] = ()
    erased: int = 0  # versions up to this one are removed, or about to be

    @model_validator(mode="before")
    @classmethod
    def _without_versions(cls, value: Any) -> Any:
        """Read what was registered before sets had versions."""
        if isinstance(value, dict) and "items" in value:
            stored = Stored.model_validate(value["items"])
            return {"id": value["id"], "versions": [{"number": 1, "items": stored, "used": stored.rows}]}
        return value

    @property
    def kept(self) -> tuple[Version, ...]:
        """Versions that are not removed, the first one first."""
        return tuple(each for each in self.versions if each.number > self.erased)

    @property
    def last(self) -> int:
        """Number of the last version there ever was."""
        return max([self.erased, *(each.number for each in self.versions)])


class Item(Record):
    """An item as it is shown to whoever may read it. `handle` is the keyed hash under which evidence names it."""

    item: str
    handle: str
    kind: ItemKind
    question: str
    answer: str
    retired: date | None = None
    until: date | None = None


class Listed(Record):
    """A set as everybody may see it: counts and a keyed hash."""

    id: str
    group: str
    version: int
    items: int  # in use
    retired: int  # and still screened for
    lapsed: int  # retired, and no longer screened for
    handle: str  # of the items of this version: equal when they are
    at: datetime | None = None


class Screened(Record):
    """A version of a set, and which captures were screened with it."""

    number: int
    at: datetime | None
    actor: str
    used: int
    retired: int
    handle: str
    captures: tuple[str, ...]  # source/capture, in the order in which they were screened


class Removed(Record):
    """What the removal of a set took."""

    id: str
    versions: int
    items: int  # rows of all versions together
    evidence: int  # objects that had hits of the set
    judgements: tuple[str, ...]  # sources that were judged anew, because hits of the set had decided about them
    backups: tuple[str, ...] = ()  # in which it was carried out too
    pending: tuple[str, ...] = ()  # backups that could not be reached: run the same again when they can
