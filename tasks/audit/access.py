"""Who read what, and when, and who was refused (ACL-4), from the ledger. Queries stand there as keyed hashes only."""

from datetime import datetime

from muniment.schemas.source import Record
from muniment.store.root import open_root

_ANSWERED = """
    SELECT e.sequence, e.time, e.actor AS user, e.kind,
        coalesce(min(CASE WHEN l.role = 'subject' AND l.type IN ('query', 'citation', 'original', 'story') THEN l.id END), '') AS query,
        coalesce(min(CASE WHEN l.role = 'input' AND l.type = 'index' THEN l.id END), '') AS index,
        coalesce(list_sort(list(DISTINCT left(l.id, 32)) FILTER (WHERE l.role = 'output' AND l.type IN ('chunk', 'document'))), []) AS documents
    FROM entries e LEFT JOIN links l ON l.sequence = e.sequence
    WHERE e.kind IN ('search.answered', 'passage.given', 'document.explained', 'original.given', 'read.refused') AND (? = '' OR e.actor = ?) AND (? = '' OR e.time >= CAST(? AS TIMESTAMPTZ))
    GROUP BY e.sequence, e.time, e.actor, e.kind HAVING (? = '' OR list_contains(documents, ?)) ORDER BY e.sequence
"""


class Access(Record):
    """One answer of a search, one passage by its citation, one story of a document, one original, or a refusal of one of these."""

    sequence: int  # of the ledger entry
    time: datetime
    user: str
    kind: str = "search.answered"
    query: str  # the first 32 digits of the keyed hash of what was asked: the same query by anybody has the same
    index: str
    documents: tuple[str, ...]  # ids of those that it was answered from


def accesses(uri: str, document: str = "", user: str = "", since: datetime | None = None) -> list[Access]:
    """What was given from a document, to a user, or since a moment; all of them when nothing narrows it."""
    at = since.isoformat() if since else ""
    rows = open_root(uri).lineage.sql(_ANSWERED, parameters=[user, user, at, at, document, document]).to_pylist()
    return [Access.model_validate(row) for row in rows]
