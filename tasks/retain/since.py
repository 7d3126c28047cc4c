"""When states of the corpus were last of use, as the ledger tells it."""

from datetime import datetime

from muniment.store.root import Root

# A snapshot is of use until its ref shows another one.
_SNAPSHOTS = """
    WITH moves AS (
        SELECT s.id AS id, e.time AS since, lead(e.time) OVER (PARTITION BY r.id ORDER BY e.sequence) AS until
        FROM entries e JOIN links r ON r.sequence = e.sequence AND r.role = 'subject' AND r.type = 'ref'
        JOIN links s ON s.sequence = e.sequence AND s.role = 'output' AND s.type = 'snapshot'
        WHERE e.kind IN ('snapshot.promoted', 'ref.moved'))
    SELECT id, max(coalesce(until, since)) AS at FROM moves GROUP BY id
"""
_INDEXES = """
    WITH built AS (
        SELECT i.id AS id, e.time AS since, lead(e.time) OVER (PARTITION BY r.id ORDER BY e.sequence) AS until
        FROM entries e JOIN links r ON r.sequence = e.sequence AND r.role = 'subject' AND r.type = 'ref'
        JOIN links i ON i.sequence = e.sequence AND i.role = 'output' AND i.type = 'index' WHERE e.kind = 'index.built')
    SELECT id, max(coalesce(until, since)) AS at FROM built GROUP BY id
"""
# A capture or a judgement is of use until its source has another one.
_REPLACED = """
    WITH made AS (
        SELECT o.id AS id, e.time AS since, lead(e.time) OVER (PARTITION BY s.id ORDER BY e.sequence) AS until
        FROM entries e JOIN links s ON s.sequence = e.sequence AND s.role = 'subject' AND s.type = 'source'
        JOIN links o ON o.sequence = e.sequence AND o.role = 'output' AND o.type = ? WHERE e.kind = ?)
    SELECT id, max(coalesce(until, since)) AS at FROM made GROUP BY id
"""
_CAPTURED = """
    SELECT s.id AS id, max(e.time) AS at FROM entries e JOIN links s ON s.sequence = e.sequence AND s.role = 'subject' AND s.type = 'source'
    WHERE e.kind IN ('capture.completed', 'capture.unchanged') GROUP BY s.id
"""
# Whatever names a version of a set of queries used it, but that it was taken away.
_QUERIES = """
    SELECT q.id AS id, max(e.time) AS at FROM entries e JOIN links q ON q.sequence = e.sequence AND q.type = 'queries'
    WHERE e.kind <> 'queries.removed' GROUP BY q.id
"""


def snapshots(root: Root) -> dict[str, datetime]:
    """Snapshot → when a ref showed it last; those that none ever showed are not there."""
    return _times(root, _SNAPSHOTS)


def indexes(root: Root) -> dict[str, datetime]:
    """Index → when it was replaced, or built."""
    return _times(root, _INDEXES)


def captures(root: Root) -> dict[str, datetime]:
    """Capture → when its source was captured anew, or when it was made."""
    return _times(root, _REPLACED, ["capture", "capture.completed"])


def judgements(root: Root) -> dict[str, datetime]:
    """Judgement → when its source was judged anew, or when it was made."""
    return _times(root, _REPLACED, ["judgement", "judgement.completed"])


def queries(root: Root) -> dict[str, datetime]:
    """Version of a set of queries → when it was last registered, asked, judged or shown."""
    return _times(root, _QUERIES)


def captured(root: Root) -> dict[str, datetime]:
    """Source → its last successful capture, whether anything had changed or not."""
    return _times(root, _CAPTURED)


def _times(root: Root, query: str, parameters: list[str] | None = None) -> dict[str, datetime]:
    return {row["id"]: row["at"] for row in root.lineage.sql(query, parameters=parameters).to_pylist()}
