"""SQLite files, Prefect's own among them: rows that do not lie in one page. Short values, freed pages, journals and WAL files lie
uncompressed in their files, and are searched there."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from muniment.verifiers.residue.parts import Bytes, Octets, Parts, Unseen

MAGIC = b"SQLite format 3\0"
SIDES = ("-wal", "-journal")


def parts(payload: Octets, sides: dict[str, Octets]) -> Parts:
    """Long texts and all blobs of every table; `sides` are the files beside it, by what is added to its name."""
    with tempfile.TemporaryDirectory(prefix="muniment-residue-") as folder:
        path = Path(folder) / "copy.db"
        path.write_bytes(payload.data)
        for ending, side in sides.items():
            path.with_name(path.name + ending).write_bytes(side.data)
        with closing(sqlite3.connect(path)) as database:
            database.text_factory = bytes
            yield from _rows(database)


def _rows(database: sqlite3.Connection) -> Parts:
    [page] = database.execute("PRAGMA page_size").fetchone()
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        table = _quoted(name)
        try:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            for column in map(_quoted, columns):
                chosen = f"typeof({column}) = 'blob' OR length(CAST({column} AS BLOB)) > {page // 8}"
                for (value,) in database.execute(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {chosen}"):
                    yield Bytes("row", value, deeper=True)
        except sqlite3.Error as error:  # a virtual table whose module is not here: its shadow tables are tables too
            yield Unseen("table", f"It cannot be read ({type(error).__name__}); its pages were searched as bytes.")


def _quoted(name: bytes) -> str:
    return '"' + name.decode("utf-8", "replace").replace('"', '""') + '"'
