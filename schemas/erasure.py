"""A request to erase, and the receipt that says what became of every copy."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from muniment.schemas.source import Classification, Record

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Selector(Record):
    """What is to go (DEL-1). What is given narrows: a source and a licence are what is of that source by that licence; several values
    of one kind widen. One of them must be given."""

    documents: tuple[str, ...] = ()  # ids
    source: str = ""
    licence: str = ""  # an SPDX identifier: what is there by no right but this licence
    contract: str = ""  # a customer of a source's terms: everything of the sources that are bound to it
    classification: Classification | None = None  # everything of the sources that are classified so by now
    content: tuple[Sha256, ...] = ()  # of the bytes as fetched, or of the text
    subjects: tuple[Sha256, ...] = ()  # keyed hashes of what identifies a person, as findings have them; never the value
    after: datetime | None = None
    before: datetime | None = None  # what lies from `after` on and before `before`
    by: Literal["captured", "modified"] = "captured"  # first captured, or last changed upstream

    @property
    def whole_source(self) -> str:
        """The source that goes whole, or empty."""
        alone = self == Selector(source=self.source, by=self.by)
        return self.source if alone else ""

    @property
    def about_content(self) -> bool:
        """Whether the request is about what documents say, so that their duplicates go with them."""
        return bool(self.content or self.subjects)


class Purpose(StrEnum):
    """Why something is erased."""

    REQUEST = "request"
    RETENTION = "retention"
    CONTRACT = "contract"
    LICENCE = "licence"


class Request(Record):
    """Written before anything happens; flows, events and logs carry only its id."""

    id: str
    selector: Selector
    reason: Annotated[str, Field(min_length=3)]
    actor: str
    at: datetime
    purpose: Purpose = Purpose.REQUEST
    deadline: datetime | None = None
    documents: tuple[str, ...] = ()  # ids that were found when it was made; none of them is served from then on


class Copy(Record):
    """One place that held an erased document, and what was done there."""

    place: str  # document, finding, chunk, …; capture, judgement, snapshot, index; original, backup
    name: str  # digest of the object, id of the manifest
    rows: int
    status: str  # to rewrite, to supersede, to remove, to shred; in a receipt: rewritten, superseded, removed, shredded, pending, or left
    bytes: int = 0  # before
    written: int = 0  # bytes of what took its place


class Plan(Record):
    """What a request touches: found before anything is changed, and kept until the receipt."""

    request: str
    documents: tuple[str, ...]
    copies: tuple[Copy, ...]
    snapshots: tuple[str, ...]
    indexes: tuple[str, ...]
    models: tuple[str, ...] = ()  # registered as trained from one of the snapshots
    recipients: tuple[str, ...] = ()  # who was given one of the snapshots
    held: tuple[str, ...] = ()  # documents under a legal hold: no longer served, and kept
    orphans: dict[str, tuple[str, ...]] = {}  # source → documents that were removed as duplicates of an erased one
    started: datetime

    @property
    def bytes(self) -> int:
        """Bytes of everything that must be written anew."""
        return sum(copy.bytes for copy in self.copies)


class Residue(Record):
    """Something of an erased document that was found after the erasure. Never what was found: where, and what kind of trace."""

    place: str  # kind of place
    name: str  # file, object, table
    trace: str  # id, text, vector, digest
    count: int = 1


class FollowUp(Record):
    """What an erasure cannot reach, and who must do what about it."""

    kind: Literal["model", "recipient", "hold", "backup", "outside"]
    name: str
    action: str


class Receipt(Record):
    """What was erased and how that was proven. `proven` is true only when every check passed."""

    request: str
    documents: int
    copies: tuple[Copy, ...]
    checks: dict[str, bool]
    residue: tuple[Residue, ...] = ()
    checked: dict[str, int] = {}  # kind of place → how many were looked through
    proven: bool
    not_checked: tuple[str, ...]  # what lies outside, said plainly
    affected_snapshots: tuple[str, ...]
    affected_indexes: tuple[str, ...]
    affected_models: tuple[str, ...] = ()  # to be retrained, or retired: no erasure takes anything out of a trained model
    follow_up: tuple[FollowUp, ...] = ()
    bytes_affected: int = 0
    bytes_written: int = 0
    requested: datetime | None = None
    withheld: datetime | None = None  # from when on nothing of it was served
    deadline: datetime | None = None
    started: datetime
    finished: datetime
    key_id: str
    signature: str = ""  # Ed25519 over the canonical JSON of the receipt without it
