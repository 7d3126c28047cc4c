"""CPU seconds of one way to find duplicates, as one line of JSON. Every side is timed by this file, each under its own Python."""

import json
import resource
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq


def report(work: Callable[[Path], int | None], package: str, note: str) -> None:
    """Time `work` on the Parquet file named first on the command line, after once on the one named second, and print one line.

    It has "documents", "removed", "cpu_seconds", "version" and "note". `work` reads (doc_id, text) from a file and returns how many
    documents it would remove, or None where it only makes signatures.
    """
    documents, warm = map(Path, sys.argv[1:3])
    work(warm)
    before = _cpu()
    removed = work(documents)
    seconds = _cpu() - before
    rows = pq.read_metadata(documents).num_rows
    result = {"documents": rows, "removed": removed, "cpu_seconds": seconds, "version": version(package), "note": note}
    print(json.dumps(result), flush=True)


def _cpu() -> float:
    """User and system seconds of this process, its threads and the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
