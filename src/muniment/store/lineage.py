"""The ledger as SQL: a DuckDB projection that can be deleted at any time and is rebuilt from the ledger."""

import fcntl
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from muniment.errors import MunimentError, Stop
from muniment.schemas.ledger import MIGRATIONS, Entry
from muniment.store.attached import attached
from muniment.store.ledger import Ledger

if TYPE_CHECKING:
    import duckdb

Views = Mapping[str, Callable[[], pa.Table]]


class QueryError(Stop):
    """The SQL cannot be run."""

    code = "QUERY"


class Lineage:
    """`lineage.duckdb`. Many processes write the ledger; one at a time, under a file lock, applies what is new."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._path, self._ledger = path, ledger

    def discard(self) -> None:
        """Forget the projection: it is made again from the ledger, which may be another one by now."""
        with self._locked(fcntl.LOCK_EX):
            self._path.unlink(missing_ok=True)
            self._path.with_suffix(".duckdb.wal").unlink(missing_ok=True)

    def sync(self) -> int:
        """Apply ledger entries that are not in the projection yet; gives how many."""
        with self._locked(fcntl.LOCK_EX), self._attached() as database:
            return self._advance(database)

    def recorded(self, kind: str, key: str) -> bool:
        """Whether an entry of this kind and idempotency key is in the ledger."""
        with self._locked(fcntl.LOCK_EX), self._attached() as database:
            self._advance(database)
            found = database.execute("SELECT 1 FROM entries WHERE kind = ? AND key = ? LIMIT 1", [kind, key]).fetchone()
        return found is not None

    def sql(self, query: str, views: Views = MappingProxyType({}), parameters: list[str] | None = None) -> pa.Table:
        """Run one query over the projection and those `views` that it names (read only then); raises `QueryError`."""
        import duckdb

        self.sync()
        with self._locked(fcntl.LOCK_SH), self._reading() as database:
            database.execute("SET enable_external_access = false")  # a query asks these tables, not this machine's files
            try:
                # By their words: DuckDB's own way to ask for a query's tables fails on a `USING` over tables that are not there yet.
                for name in {*views} & {*re.findall(r"\w+", query)}:
                    database.register(name, views[name]())
                return database.sql(query, params=parameters or []).to_arrow_table()
            except duckdb.Error as error:
                tables = ", ".join(["entries", "links", "counts", "edges", *views])
                raise QueryError(f"{error}.", f"Tables: {tables}. `muniment lineage sql --help` has examples.") from None

    def _advance(self, database: "duckdb.DuckDBPyConnection") -> int:
        _migrate(database)
        row = database.execute("SELECT coalesce(max(sequence), 0) FROM entries").fetchone()
        new = list(self._ledger.since(row[0] if row else 0))
        if new:
            database.begin()
            for table, rows in _rows(new).items():
                if rows.num_rows:
                    database.register("incoming", rows)
                    database.execute(f"INSERT INTO {table} SELECT * FROM incoming")
            database.commit()
        return len(new)

    @contextmanager
    def _locked(self, mode: int) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, mode)
            yield

    @contextmanager
    def _attached(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        import duckdb

        with ExitStack() as stack:
            try:
                database = stack.enter_context(attached(self._path))
            except duckdb.Error:
                # It is only a projection: one that a crash or a newer version left unreadable is made anew.
                self._path.unlink(missing_ok=True)
                self._path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
                database = stack.enter_context(attached(self._path))
            yield database

    @contextmanager
    def _reading(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """An instance of its own: what a query may not reach is said for all that an instance has open."""
        import duckdb

        try:
            database = duckdb.connect(str(self._path), read_only=True)
        except duckdb.Error:
            raise MunimentError(f"{self._path} cannot be opened.", "Delete it; it is rebuilt from the ledger.") from None
        try:
            database.execute("SET TimeZone = 'UTC'")
            yield database
        finally:
            database.close()


def _migrate(database: "duckdb.DuckDBPyConnection") -> None:
    database.execute("CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY)")
    done = {row[0] for row in database.execute("SELECT name FROM migrations").fetchall()}
    for name, statement in MIGRATIONS.items():
        if name not in done:
            database.begin()
            database.execute(statement)
            database.execute("INSERT INTO migrations VALUES (?)", [name])
            database.commit()


def _rows(entries: list[Entry]) -> dict[str, pa.Table]:
    """Entries as the projection's three tables."""
    plain = [
        {
            **entry.model_dump(include={"sequence", "time", "actor", "run", "key"}),
            "kind": str(entry.kind),
            "hash": entry.hash,
            "reasons": list(entry.reasons),
        }
        for entry in entries
    ]
    links = [
        {"sequence": entry.sequence, "role": role, "type": name.partition(":")[0], "id": name.partition(":")[2]}
        for entry in entries
        for role, names in (("subject", entry.subjects), ("input", entry.inputs), ("output", entry.outputs))
        for name in names
    ]
    counts = [
        {"sequence": entry.sequence, "name": name, "value": value} for entry in entries for name, value in entry.counts.items()
    ]
    text = pa.string()
    return {
        "entries": pa.Table.from_pylist(
            plain,
            pa.schema(
                [("sequence", pa.int64()), ("time", pa.timestamp("us", tz="UTC"))]
                + [(name, text) for name in ("actor", "run", "kind", "key", "hash")]
                + [("reasons", pa.list_(text))]
            ),
        ),
        "links": pa.Table.from_pylist(links, pa.schema([("sequence", pa.int64()), ("role", text), ("type", text), ("id", text)])),
        "counts": pa.Table.from_pylist(counts, pa.schema([("sequence", pa.int64()), ("name", text), ("value", pa.int64())])),
    }
