"""What retention finds due, and what came of it."""

from datetime import datetime

from muniment.schemas.erasure import Purpose
from muniment.schemas.source import Record


class Due(Record):
    """One thing that outlived its window. Removing it removes `keys`, in this order: what makes it visible comes first."""

    kind: str
    name: str
    keys: tuple[str, ...]
    since: datetime  # when it was last of use
    reason: str  # code


class Batch(Record):
    """Documents that one erasure request takes: of a source whole, or by their ids."""

    purpose: Purpose
    source: str = ""  # goes whole; empty: the documents
    documents: tuple[str, ...] = ()
    reasons: dict[str, int]  # code → documents


class Held(Record):
    """Something that is due and stays, because of a legal hold, or because a model or a recipient rests on it."""

    kind: str
    name: str
    by: str
    count: int = 1


class Stale(Record):
    """A source that was not captured successfully for longer than it may be."""

    source: str
    since: datetime  # of its last successful capture
    days: int  # that it may be
    withheld: bool


class Dues(Record):
    """All that is due at a moment, under one policy."""

    at: datetime
    policy: str  # digest
    things: tuple[Due, ...]
    batches: tuple[Batch, ...]
    held: tuple[Held, ...] = ()
    stale: tuple[Stale, ...] = ()
    unfinished: tuple[str, ...] = ()  # erasure requests of an earlier night that have no receipt yet

    @property
    def counts(self) -> dict[str, int]:
        """How much is due, by kind; documents by the reason."""
        found: dict[str, int] = {}
        for each in self.things:
            found[each.kind] = found.get(each.kind, 0) + 1
        for batch in self.batches:
            for code, count in batch.reasons.items():
                found[code] = found.get(code, 0) + count
        return dict(sorted(found.items()))


class Retained(Record):
    """What a night of retention came to."""

    at: datetime
    policy: str
    removed: dict[str, int]  # kind → things
    requests: tuple[str, ...]  # erasures that were carried out; each has its receipt
    failed: dict[str, str] = {}  # request → error code
    held: tuple[Held, ...] = ()
    stale: tuple[Stale, ...] = ()
    put_off: tuple[str, ...] = ()  # what was not done this time, and why
