"""A DuckDB file within the one instance of a process: to start an instance takes longer than most of what is asked of a small file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_NUMBERS = count()


@contextmanager
def attached(path: Path) -> "Iterator[duckdb.DuckDBPyConnection]":
    """A connection whose tables are those of a file, made when there is none; times are in UTC. Raises `duckdb.Error` for one that
    cannot be read. Whoever opens it holds a lock on it: two connections of a process to one file would be two files to DuckDB."""
    instance, name = _instance(os.getpid()), f"file{next(_NUMBERS)}"
    database = instance.cursor()
    try:
        _run(database, "ATTACH '{}' AS {}".format(str(path).replace("'", "''"), name))
        try:
            _run(database, f"USE {name}")
            _run(database, "SET TimeZone = 'UTC'")
            yield database
        finally:
            database.close()
            _run(instance.cursor(), f"DETACH {name}")
    finally:
        database.close()


def _run(database: "duckdb.DuckDBPyConnection", statement: str) -> None:
    import duckdb

    try:
        database.execute(statement)
    except duckdb.Error:
        _instance.cache_clear()  # one that met a broken file may refuse everything from then on
        raise


@lru_cache(maxsize=1)
def _instance(process: int) -> "duckdb.DuckDBPyConnection":
    """The instance of a process: a forked child cannot use that of its parent."""
    import duckdb  # when it is used: it costs every command a twentieth of a second, and many ask nothing of it

    return duckdb.connect(":memory:")
