"""The task that every peer does: a table of several versions, from which documents are erased by the peer's own means.

    python PEER.py INPUT TABLE erased.txt

INPUT holds `00.parquet`, `01.parquet`, …: what each version adds. Printed is one line of JSON with seconds, bytes written, and how many
of the versions can still be read afterwards.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq


class Table(Protocol):
    """A versioned table of one peer."""

    def append(self, rows: pa.Table) -> None:
        """One more version."""

    def erase(self, doc_ids: list[str]) -> None:
        """Delete these documents, let go of everything older, and do whatever the peer offers to remove it for good."""

    def readable(self) -> int:
        """How many of the versions that were made can be read."""


def run(package: str, note: str, make: Callable[[Path], Table]) -> None:
    """Build, erase, report."""
    given, folder, erased = map(Path, sys.argv[1:4])
    table = make(folder)
    versions = sorted(given.glob("*.parquet"))
    for each in versions:
        table.append(pq.read_table(each))
    before, began = _written(), time.perf_counter()
    table.erase(erased.read_text().split())
    seconds, written = time.perf_counter() - began, _written() - before
    result = {"versions": len(versions), "readable": table.readable(), "seconds": seconds, "written": written}
    print(json.dumps({**result, "version": version(package), "note": note}), flush=True)


def _written() -> int:
    """Bytes that this process has written to files."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])
