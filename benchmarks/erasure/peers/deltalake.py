"""A Delta table: delete, vacuum without any retention, checkpoint, clean up the log."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # beside this file lies its own name

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError
from peers.task import run


class Delta:
    """One table."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._versions = str(folder), 0

    def append(self, rows: pa.Table) -> None:
        write_deltalake(self._folder, rows, mode="append", configuration=_FORGETTING if not self._versions else None)
        self._versions += 1

    def erase(self, doc_ids: list[str]) -> None:
        table = DeltaTable(self._folder)
        named = ", ".join(f"'{each}'" for each in doc_ids)
        table.delete(f"doc_id IN ({named})")
        table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)
        table.create_checkpoint()
        table.cleanup_metadata()

    def readable(self) -> int:
        return sum(self._reads(each) for each in range(self._versions))

    def _reads(self, number: int) -> bool:
        try:
            return DeltaTable(self._folder, version=number).to_pyarrow_table().num_rows > 0
        except (OSError, DeltaError, pa.ArrowException):
            return False


# As little of the log as the peer keeps.
_FORGETTING = {"delta.logRetentionDuration": "interval 0 seconds", "delta.deletedFileRetentionDuration": "interval 0 seconds"}

if __name__ == "__main__":
    run("deltalake", "delete, vacuum, checkpoint, cleanup_metadata", Delta)
