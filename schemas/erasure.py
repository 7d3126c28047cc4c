"""A request to erase, and the receipt that says what became of every copy."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record


class Selector(Record):
    """What is to go: documents by id, all of a source, or what is there by no right but one licence; with a source and a licence, what
    is of that source by that licence. One of them must be given."""

    documents: tuple[str, ...] = ()
    source: str = ""
    licence: str = ""  # an SPDX identifier

    @property
    def whole_source(self) -> str:
        """The source that goes whole, or empty."""
        return "" if self.licence else self.source


class Request(Record):
    """Written before anything happens; flows and logs carry only its id."""

    id: str
    selector: Selector
    reason: Annotated[str, Field(min_length=3)]
    actor: str
    at: datetime


class Copy(Record):
    """One place that held an erased document, and what was done there."""

    place: str  # document, finding, chunk, …; capture, judgement, snapshot, index
    name: str  # digest of the object, id of the manifest
    rows: int
    status: str  # to rewrite, to supersede; in a receipt: rewritten, superseded, or left


class Plan(Record):
    """What a request touches: found before anything is changed, and kept until the receipt."""

    request: str
    documents: tuple[str, ...]
    copies: tuple[Copy, ...]
    snapshots: tuple[str, ...]
    indexes: tuple[str, ...]
    models: tuple[str, ...] = ()  # registered as trained from one of the snapshots
    orphans: dict[str, tuple[str, ...]] = {}  # source → documents that were removed as duplicates of an erased one
    started: datetime


class Receipt(Record):
    """What was erased and how that was proven. `proven` is true only when every check passed."""

    request: str
    documents: int
    copies: tuple[Copy, ...]
    checks: dict[str, bool]
    proven: bool
    not_checked: tuple[str, ...]  # what lies outside, said plainly
    affected_snapshots: tuple[str, ...]
    affected_indexes: tuple[str, ...]
    affected_models: tuple[str, ...] = ()  # to be retrained, or retired: no erasure takes anything out of a trained model
    started: datetime
    finished: datetime
    key_id: str
    signature: str = ""  # Ed25519 over the canonical JSON of the receipt without it
