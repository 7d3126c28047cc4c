"""Entries of the append-only, hash-chained ledger, and the lineage tables they are projected into."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.source import Record

GENESIS = "0" * 64
Signature = Annotated[
    str, Field(pattern=r"^([0-9a-f]{128})?$")
]  # Ed25519 (RFC 8032), hexadecimal in its only form; empty: not signed yet


class EntryKind(StrEnum):
    """What can happen. An entry's ids are written `type:id` (`capture:4be1…`, `object:9c…`, `source:handbook`)."""

    ROOT_CREATED = "root.created"
    SOURCE_CHANGED = "source.changed"
    CAPTURED = "capture.completed"
    UNCHANGED = "capture.unchanged"
    JUDGED = "judgement.completed"
    REVIEWED = "review.decided"
    PROMOTED = "snapshot.promoted"
    REF_MOVED = "ref.moved"
    REVIEW_DUE = "review.due"
    SAMPLED = "audit.sampled"
    LABELLED = "audit.labelled"
    OVERRIDDEN = "override.granted"
    OVERRIDE_ENDED = "override.ended"
    REQUARANTINED = "source.requarantined"
    INDEXED = "index.built"
    INDEX_GATED = "index.gated"
    INDEX_USED = "index.used"
    INDEX_FELL_BACK = "index.fallback"
    INDEX_TUNED = "index.tuned"
    ENCODER_ADDED = "encoder.added"
    ENCODER_ADMITTED = "encoder.admitted"
    ENCODER_REMOVED = "encoder.removed"
    ERASURE_REQUESTED = "erasure.requested"
    WITHHELD = "erasure.withheld"
    ERASED = "erasure.completed"
    TOMBSTONE_LIFTED = "tombstone.lifted"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    RETENTION_ANNOUNCED = "retention.announced"
    RETENTION_ENFORCED = "retention.enforced"
    ORIGINALS_SHREDDED = "originals.shredded"
    ORIGINAL_GIVEN = "original.given"
    BACKED_UP = "backup.made"
    BACKUP_FORGOTTEN = "backup.forgotten"
    RESTORED = "backup.restored"
    RECIPIENT_REGISTERED = "recipient.registered"
    RECIPIENT_NOTIFIED = "recipient.notified"
    KEY_ROTATED = "key.rotated"
    KEY_RETIRED = "key.retired"
    KEY_WRAPPED = "key.wrapped"
    DECRYPTED = "root.decrypted"
    RUN_RECORDED = "run.recorded"
    REBUILT = "snapshot.rebuilt"
    LICENCE_REVOKED = "licence.revoked"
    MODEL_REGISTERED = "model.registered"
    RIGHTS_PROVEN = "rights.proven"
    EVALSET_ADDED = "evalset.added"
    EVALSET_ROTATED = "evalset.rotated"
    EVALSET_SHOWN = "evalset.shown"
    EVALSET_REMOVED = "evalset.removed"
    SCREENED = "capture.screened"
    CHECKPOINT = "ledger.checkpoint"
    SEARCHED = "search.answered"
    READ_REFUSED = "read.refused"
    CITED = "passage.given"
    EXPLAINED = "document.explained"
    ACCESS_CHANGED = "access.changed"
    QUERIES_ADDED = "queries.added"
    QUERIES_REMOVED = "queries.removed"
    QUERIES_SHOWN = "queries.shown"
    RELEVANCE_AUDITED = "relevance.audited"
    RELEVANCE_JUDGED = "relevance.judged"
    CANARY_RUN = "canary.run"


class Draft(Record):
    """What a step wants written: ids, digests, counts and reason codes, never content.

    `key` makes an entry idempotent: a second draft of the same kind and key is not written again.
    """

    kind: EntryKind
    actor: str
    key: str = ""
    run: str = ""
    subjects: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    reasons: tuple[str, ...] = ()


class Entry(Draft):
    """A draft with its place in the chain: `previous` is the hash of the entry before, `seal` an Ed25519 signature over all else."""

    sequence: int
    time: datetime
    previous: str
    seal: Signature = ""

    @property
    def hash(self) -> str:
        """Digest of this entry with its seal, which the next one holds as `previous`."""
        return digest(self)

    @property
    def sealed(self) -> bytes:
        """What the seal is over."""
        return b"muniment-ledger-entry/1\n" + canonical_json(self.model_dump(mode="json", exclude={"seal"}))


class Head(Record):
    """How long the ledger is at least, signed: what lies at or before it cannot be cut off unseen."""

    sequence: int  # 0: no entry yet
    hash: str  # of the entry of that number
    signature: Signature = ""

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return b"muniment-ledger-head/1\n" + canonical_json(self.model_dump(mode="json", exclude={"signature"}))


# The DuckDB projection, as named migrations: applied once each, in this order.
MIGRATIONS: dict[str, str] = {
    "0001-entries": """
        CREATE TABLE entries (
            sequence BIGINT PRIMARY KEY, time TIMESTAMPTZ, actor VARCHAR, run VARCHAR, kind VARCHAR, key VARCHAR,
            hash VARCHAR, reasons VARCHAR[]);
        CREATE TABLE links (sequence BIGINT, role VARCHAR, type VARCHAR, id VARCHAR);
        CREATE TABLE counts (sequence BIGINT, name VARCHAR, value BIGINT);
    """,
    "0002-edges": """
        CREATE VIEW edges AS
            SELECT i.type || ':' || i.id AS source, o.type || ':' || o.id AS target, e.kind, e.sequence, e.time
            FROM entries e JOIN links i ON i.sequence = e.sequence JOIN links o ON o.sequence = e.sequence
            WHERE i.role = 'input' AND o.role = 'output';
    """,
}
