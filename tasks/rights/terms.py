"""What terms were in force: of a source on a day, and of all that a snapshot was made from."""

from datetime import UTC, datetime

from muniment.core import terms
from muniment.core.terms import Version
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root


def history(root: Root, source: str) -> list[Version]:
    """Every version of a source's entry with the time of its recording, in that order; raises `RegistryError`."""
    query = "SELECT key, time FROM entries WHERE kind = 'source.changed' AND key LIKE ? || '#%'"
    times = {row["key"]: row["time"] for row in root.lineage.sql(query, parameters=[source]).to_pylist()}
    kept = [(times.get(f"{each.id}#{each.version}"), each) for each in root.registry.history(source)]
    return [Version(source=each, recorded=time) for time, each in kept if time]


def at(root: Root, source: str, valid: datetime | None = None, known: datetime | None = None) -> Source | None:
    """The entry whose terms hold at `valid`, as far as was known at `known`, both now by default; None where none holds."""
    now = datetime.now(UTC)
    found = terms.in_force(history(root, source), valid or now, known or now)
    return found.source if found else None


def in_force(root: Root, snapshot: Snapshot, valid: datetime | None = None, known: datetime | None = None) -> dict[str, Source]:
    """Source → entry in force, of each source of a snapshot that has one; a source whose terms ran out is not there."""
    entries = {part.source: at(root, part.source, valid, known) for part in snapshot.parts}
    return {source: entry for source, entry in entries.items() if entry}


def built(root: Root, snapshot: Snapshot) -> datetime | None:
    """When a ref first showed a snapshot; None for one that never was shown."""
    query = """SELECT min(e.time) AS at FROM entries e JOIN links l USING (sequence)
               WHERE e.kind = 'snapshot.promoted' AND l.role = 'output' AND l.type = 'snapshot' AND l.id = ?"""
    [row] = root.lineage.sql(query, parameters=[snapshot.id]).to_pylist()
    return row["at"] if isinstance(row["at"], datetime) else None
