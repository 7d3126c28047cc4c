"""Prefect's database where it is an SQLite file of ours: what its API cannot remove, and the space that removed rows leave."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from muniment.policies.retention import Kind, Retention
from muniment.schemas.canonical import sha256
from muniment.schemas.source import Record
from muniment.tasks.retain.windows import cut
from muniment.tasks.step import run_id

_BATCH = 500
_ENDED = "('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')"
_OPEN = f"SELECT id FROM flow_run WHERE state_type IS NULL OR state_type NOT IN {_ENDED}"
# What is counted, whose window holds, table, its time, and which of its rows may go.
_ROWS = (
    (Kind.FLOW_LOGS, Kind.FLOW_LOGS, "log", "timestamp", f"(flow_run_id IS NULL OR flow_run_id NOT IN ({_OPEN}))"),
    # Of runs that are gone: a server that went away had not removed these yet.
    (
        Kind.FLOW_LOGS,
        Kind.FLOW_RUNS,
        "log",
        "timestamp",
        "flow_run_id IS NOT NULL AND flow_run_id NOT IN (SELECT id FROM flow_run)",
    ),
    (None, Kind.EVENTS, "event_resources", "occurred", "1"),
    (Kind.EVENTS, Kind.EVENTS, "events", "occurred", "1"),
)
_PATIENCE = 10.0  # seconds, for a lock


class Forgotten(Record):
    """How many rows went, by kind, and what was put off and why."""

    counts: dict[str, int] = {}
    put_off: tuple[str, ...] = ()


def home(uri: str) -> Path:
    """Where Prefect keeps its files for a root: beside a local one, in the user's data folder for S3."""
    if not uri.startswith("s3://"):
        return Path(uri).resolve() / "prefect"
    return Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "muniment" / sha256(uri.encode())[:16] / "prefect"


def file_of(uri: str) -> Path | None:
    """The database as a file of this machine; None when there is none, or when it is a server of its own."""
    url = _address()
    path = Path("/" + url.partition(":////")[2]) if url.startswith("sqlite") else home(uri) / "prefect.db" if not url else None
    return path if path and path.is_file() else None


def forget(uri: str, policy: Retention, at: datetime) -> Forgotten:
    """Remove log lines and events that are due, in short transactions, and give their space back when nothing else runs."""
    path = file_of(uri)
    if path is None:
        return Forgotten(put_off=("logs and events of Prefect: its database is no file of ours",) if _address() else ())
    try:
        with _opened(path) as database:
            counts = Counter[str]()
            for kind, window, table, time, free in _ROWS:
                removed = _remove(database, table, time, free, cut(policy.window[window], at))
                counts.update({kind.value: removed} if kind else {})
            return Forgotten(counts=dict(counts), put_off=_compact(database))
    except sqlite3.Error as error:
        return Forgotten(put_off=(f"logs and events of Prefect: {type(error).__name__} ({error})",))


def _remove(database: sqlite3.Connection, table: str, time: str, free: str, before: datetime | None) -> int:
    if before is None:
        return 0
    statement, removed = (
        f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {time} <= ? AND {free} LIMIT {_BATCH})",
        0,
    )
    while gone := database.execute(statement, [_written(before)]).rowcount:
        removed += gone
    return removed


def _compact(database: sqlite3.Connection) -> tuple[str, ...]:
    """VACUUM copies what is left, so that nothing of what was removed stays in free pages. It needs the file for itself."""
    free = database.execute("PRAGMA freelist_count").fetchone()[0]
    if not free:
        return ()
    mine = run_id()
    others = [row[0] for row in database.execute("SELECT id FROM flow_run WHERE state_type = 'RUNNING'") if row[0] != mine]
    if others:
        return (f"VACUUM of Prefect's database: {len(others)} other runs are at work",)
    try:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        return (f"VACUUM of Prefect's database: {error}",)
    return ()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete = ON")
        yield database


def _written(moment: datetime) -> str:
    """As Prefect writes times: UTC, without saying so."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _address() -> str:
    """Prefect's database as it is configured for this process; empty where nothing is."""
    if not run_id():
        return os.environ.get("PREFECT_API_DATABASE_CONNECTION_URL", "")
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    return str(PREFECT_API_DATABASE_CONNECTION_URL.value())
