"""DuckDB files: every column of every table, decompressed, with the write-ahead log applied; freed blocks lie in the file's bytes."""

import tempfile
from pathlib import Path

import duckdb

from muniment.verifiers.residue import arrow
from muniment.verifiers.residue.parts import Octets, Parts, Unseen

MAGIC, AT = b"DUCK", 8
SIDES = (".wal",)
_ROWS = 1 << 14


def parts(payload: Octets, sides: dict[str, Octets]) -> Parts:
    """Columns of all tables as Arrow buffers."""
    with tempfile.TemporaryDirectory(prefix="muniment-residue-") as folder:
        path = Path(folder) / "copy.duckdb"
        path.write_bytes(payload.data)
        for ending, side in sides.items():
            path.with_name(path.name + ending).write_bytes(side.data)
        with duckdb.connect(str(path)) as database:
            database.execute("SET enable_external_access = false")
            yield from _tables(database)
            row = database.execute("SELECT free_blocks FROM pragma_database_size()").fetchone()
    if row and row[0]:
        yield Unseen(
            "freed blocks", "Searched as bytes; a string that DuckDB compressed (FSST) cannot be seen in a block it has freed."
        )


def _tables(database: duckdb.DuckDBPyConnection) -> Parts:
    names = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
    for schema, table in database.execute(names).fetchall():
        rows = database.sql(f"SELECT * FROM {_quoted(schema)}.{_quoted(table)}").to_arrow_reader(_ROWS)
        for batch in rows:
            for column in batch.columns:
                yield from arrow.of_array("table", column)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
