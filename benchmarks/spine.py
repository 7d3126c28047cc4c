"""The spine over a large synthetic corpus with cheap detectors: documents a second of each stage, and the peak memory of any process.

    python benchmarks/spine.py --documents 1000000 --root /tmp/spine

A second run with nothing changed is timed too, and printed as a ratio to the first.
"""

import argparse
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import psutil

from muniment.policies.policy import default
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.activate import activate, assemble
from muniment.tasks.detect import detect
from muniment.tasks.duplicates.compare import compare
from muniment.tasks.fetch import fetch
from muniment.tasks.judge import judge
from muniment.tasks.publish.publish import publish
from muniment.tasks.review.decide import decide, latest
from muniment.tasks.sources import add_source, approve_source

R = TypeVar("R")
_FILES = 40
_CHEAP = ["secrets", "quality"]


def corpus(folder: Path, documents: int) -> None:
    """Parquet files of random sentences over a Zipf-like vocabulary, about 150 words a document, a fixed seed."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(11)
    words = np.array(["".join(chance.choice(list("aeioubcdfglmnprstv"), chance.integers(2, 10))) for _ in range(20_000)])
    size = documents // _FILES
    for number in range(_FILES):
        drawn = words[np.minimum(chance.zipf(1.3, size * 150), 20_000) - 1].reshape(size, 150)
        texts = [
            " ".join(row[:90]) + f".\nContact u{index}@example.org for more. " + " ".join(row[90:]) + "."
            for index, row in enumerate(drawn)
        ]
        keys = [f"{number}-{index}" for index in range(size)]
        pl.DataFrame({"key": keys, "text": texts}).write_parquet(folder / f"part-{number:03d}.parquet", row_group_size=10_000)


def policy() -> str:
    """The policy that ships, with cheap detectors only."""
    lines = default().splitlines()
    named = {"detectors": f"detectors = {_CHEAP!r}", "required": f"required = {_CHEAP!r}"}
    return "\n".join(named.get(line.split(" =")[0], line) for line in lines).replace("'", '"')


def main() -> None:
    """Generate, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--root", type=Path, required=True)
    given = parser.parse_args()
    shutil.rmtree(given.root, ignore_errors=True)
    corpus(given.root / "input", given.documents)
    uri = str(given.root / "root")
    source = {
        "id": "synthetic",
        "kind": "table",
        "location": str(given.root / "input"),
        "owner": "o",
        "steward": "bench",
        "declared_licence": "CC0-1.0",
        "acl": ["all"],
    }
    add_source(uri, Source.model_validate({**source, "columns": {"text": "text", "key": "key"}}), "bench")
    approve_source(uri, "synthetic", "bench")
    policies.put_in_force(open_root(uri), policy())
    first, second = run(uri, "synthetic"), run(uri, "synthetic")
    print(f"second run with nothing changed: {first / second:,.0f} times faster ({first:.1f} s against {second:.2f} s)")
    worst()


def worst() -> None:
    """Print the peak memory of this process and of its largest worker."""
    own = psutil.Process()
    workers = [peak(each.pid) for each in own.children(recursive=True)]
    print(
        f"peak memory: {peak(own.pid):.2f} GB in the main process, {max(workers, default=0):.2f} GB in the largest of {len(workers)} workers"
    )


def peak(pid: int) -> float:
    """The most memory that a process ever held, in GB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1e6


def run(uri: str, source: str) -> float:
    """All stages once, approved unless that stands already; seconds."""
    began = time.monotonic()
    capture = timed("fetch", lambda: fetch(uri, source, "bench")).capture
    documents = capture.counts["documents"]
    gathered = timed("detect", lambda: detect(uri, capture), documents)
    twins = timed("compare", lambda: compare(uri, capture, gathered), documents)
    judgement = timed("judge", lambda: judge(uri, capture, gathered, twins, "bench"), documents)
    if latest(open_root(uri), judgement.id) is None:
        decide(uri, judgement.id, Decision.APPROVE, "benchmark", "bench")
    published = timed("publish", lambda: publish(uri, "production"), documents)
    snapshot = timed("assemble", lambda: assemble(uri, "production", published), documents)
    timed("activate", lambda: activate(uri, "production", snapshot, "bench"))
    print(f"  {documents:,} documents: {judgement.actions}, detected {gathered.detected:,}, recalled {gathered.recalled:,}")
    return time.monotonic() - began


def timed(name: str, work: Callable[[], R], documents: int = 0) -> R:
    """Do something, print how long it took, and the rate where it is long enough to mean something."""
    began = time.monotonic()
    result = work()
    seconds = time.monotonic() - began
    rate = f"{documents / seconds:12,.0f} documents/s" if documents and seconds > 0.02 else ""
    print(f"  {name:<10} {seconds:8.2f} s {rate}", flush=True)
    return result


if __name__ == "__main__":
    main()
