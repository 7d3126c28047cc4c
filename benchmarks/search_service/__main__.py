"""Throughput and latency of `muniment search-service` under wrk, with an entry in the ledger for each answer.

    python -m benchmarks.search_service --root DIR --seconds 60

Builds a corpus of 20,000 passages under DIR when none is there. wrk runs on the same machine and takes its share of it. Each row is a
fresh process of the service; entries of the ledger are counted against answers.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
from benchmarks.search_service.corpus import CALLERS, Words, build, people
from tests.answering import Answering

from muniment.schemas.ledger import EntryKind
from muniment.store.root import open_root
from muniment.tasks.corpus import index_of

_LIMITS = "rate = 100000\nburst = 100000\ntogether = 64\n"


def main() -> None:
    """Print a row for each number of connections, pace and number of processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--connections", default="1,8,32")
    parser.add_argument("--paces", default="0,50")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: apt-get install wrk")
    uri = str(given.root / "root") if (given.root / "root").exists() else build(given.root, given.documents)
    index, words = index_of(open_root(uri), "production"), Words(5)
    (given.root / "questions.txt").write_text("".join(f"{words.text(6)}\n" for _ in range(500)))
    print(f"{index.count:,} passages, encoder {index.encoder}, {psutil.cpu_count()} cores, {given.seconds} s a row")
    print("connections  pace ms  answers/s  p50 ms  p95 ms  p99 ms  refused  lost  entries/answer  CPU ms/answer")
    for pace in map(int, given.paces.split(",")):
        for connections in map(int, given.connections.split(",")):
            row(given.root, uri, connections, pace, given.seconds, given.workers)


def row(folder: Path, uri: str, connections: int, pace: int, seconds: int, workers: int) -> None:
    """One load on a fresh service."""
    settings = folder / "settings.toml"
    settings.write_text(f"{_LIMITS}pace_ms = {pace}\nthreads = 2\n")
    options = ("--auth", "api-keys", "--people", str(people(folder)), "--settings", str(settings), "--workers", str(workers))
    before = entries(uri)
    with Answering(uri, *options) as service:
        load(folder, service.address, connections, 3)  # warm
        warm, cpu = entries(uri), spent(service.process.pid)
        found = load(folder, service.address, connections, seconds)
        used = spent(service.process.pid) - cpu
        service.stop()
    answers, written = found["requests"] - found["refused"], entries(uri) - warm
    assert warm > before
    print(
        f"{connections:11} {pace:8} {answers / found['seconds']:10.1f} {found['p50']:7.1f} {found['p95']:7.1f} {found['p99']:7.1f} "
        f"{found['refused']:8} {found['lost']:5} {written / max(1, answers):15.3f} {used / max(1, answers) * 1000:14.1f}"
    )


def load(folder: Path, address: str, connections: int, seconds: int) -> dict[str, float]:
    """What wrk says."""
    script = Path(__file__).parent / "load.lua"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), address, "--"]
    said = subprocess.run(
        [*command, str(folder / "questions.txt"), str(CALLERS)], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, float] = json.loads(said.strip().splitlines()[-1])
    return found


def entries(uri: str) -> int:
    """How many answers the ledger knows of."""
    return sum(each.kind is EntryKind.SEARCHED for each in open_root(uri).ledger.since(0))


def spent(pid: int) -> float:
    """CPU seconds of a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(each.cpu_times().user + each.cpu_times().system for each in family)


if __name__ == "__main__":
    main()
