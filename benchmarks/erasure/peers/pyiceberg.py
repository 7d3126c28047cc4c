"""An Iceberg table in a local SQLite catalogue: delete, then expire every older snapshot. pyiceberg has no means to remove files."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # beside this file lies its own name

import pyarrow as pa
from peers.task import run
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import In

_PIECE = 1000  # ids in one expression: more of them recurse too deep


class Iceberg:
    """One table."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        catalog = SqlCatalog("local", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
        catalog.create_namespace("bench")
        self._catalog, self._table = catalog, None

    def append(self, rows: pa.Table) -> None:
        if self._table is None:
            self._table = self._catalog.create_table("bench.documents", schema=rows.schema)
            self._ids: list[int] = []
        self._table.append(rows)
        self._ids.append(self._table.current_snapshot().snapshot_id)

    def erase(self, doc_ids: list[str]) -> None:
        for first in range(0, len(doc_ids), _PIECE):
            self._table.delete(In("doc_id", doc_ids[first : first + _PIECE]))
        self._table.maintenance.expire_snapshots().older_than(datetime.now() + timedelta(days=1)).commit()

    def readable(self) -> int:
        kept = {each.snapshot_id for each in self._table.refresh().snapshots()}
        return sum(each in kept for each in self._ids)


if __name__ == "__main__":
    run("pyiceberg", "delete, expire_snapshots", Iceberg)
