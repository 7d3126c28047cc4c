"""A notice to somebody who was given data that was erased since (GDPR Art. 19)."""

from datetime import datetime

from muniment.schemas.source import Record


class Notice(Record):
    """What one recipient is told about one erasure. It names no personal data: ids of documents are keyed hashes."""

    request: str
    recipient: str  # as registered, or user:NAME for somebody whose searches were answered from an erased document
    contact: str
    snapshots: tuple[str, ...]  # of the affected ones, those that this recipient was given
    documents: int
    text: str
    sent: datetime | None = None
    actor: str = ""  # who sent it
