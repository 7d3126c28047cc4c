"""kill -9 at random moments of an erasure: run again it completes, its receipt is right, and nothing else is lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from tests.stories import prose, write

from muniment import flows
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Receipt, Selector
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide

KILLS = int(os.environ.get("MUNIMENT_KILLS", "100"))
# Imports once, computes nothing before it forks, and kills each child after the pause that it is given (0: never).
CHILD = """
import importlib, os, signal, sys, time
from muniment import flows

for name in ("flows.erase", "tasks.audit.verify", "store.vectors", "store.encoders", "core.twins.standing"):
    importlib.import_module(f"muniment.{name}")

for line in sys.stdin:
    request, pause = line.split()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        flows.erase(request, root=sys.argv[1])
        os._exit(0)
    began, done, status = time.monotonic(), 0, 0
    while not done:
        time.sleep(0.005)
        done, status = os.waitpid(child, os.WNOHANG)
        if not done and 0 < float(pause) < time.monotonic() - began:
            os.killpg(child, signal.SIGKILL)
            done, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), time.monotonic() - began, flush=True)
"""
Run = Callable[[float], tuple[int, float]]


@pytest.mark.slow
def test_an_erasure_that_is_killed_at_a_hundred_points_completes_when_it_is_run_again(
    uri: str, tmp_path: Path, register: Callable[..., Source]
) -> None:
    request, gone = prepared(uri, tmp_path, register)
    kept, before = tmp_path / "kept", contents(Root(uri))
    shutil.copytree(uri, kept)
    chance, killed = random.Random(7), 0
    with eraser(uri, request) as run:
        code, whole = run(0)
        assert code == 0
        unhurt = right(uri, request, before, gone)
        while killed < KILLS:
            shutil.rmtree(uri)
            shutil.copytree(kept, uri)
            code, _ = run(chance.uniform(0.01, whole))
            assert code in (0, -signal.SIGKILL)
            killed += code != 0
            assert run(0)[0] == 0
            after = right(uri, request, before, gone)
            assert {(copy.place, copy.name) for copy in after.copies} == {(copy.place, copy.name) for copy in unhurt.copies}
            assert after.checks == unhurt.checks


def prepared(uri: str, folder: Path, register: Callable[..., Source]) -> tuple[str, tuple[str, ...]]:
    """A root with two snapshots and two indexes, and a request to erase two of its documents."""
    for number in range(24):
        write(folder / "corpus" / f"{number}.md", prose(number))
    register(folder / "corpus", keep_originals=True)
    for number in (24, 25):
        write(folder / "corpus" / f"{number}.md", prose(number))
        flows.capture("handbook", root=uri)
        decide(uri, "handbook", Decision.APPROVE, "drill", "dana")
        flows.promote(root=uri)
        flows.index(root=uri)
    gone = tuple(explain(uri, f"handbook:{name}.md").doc_id for name in (3, 24))
    return request_erasure(uri, Selector(documents=gone), "drill", "dana").id, gone


@contextmanager
def eraser(uri: str, request: str) -> Iterator[Run]:
    """Runs the erasure in a fork that is killed after a pause (0: never): how it ended, and after how many seconds."""
    with subprocess.Popen([sys.executable, "-c", CHILD, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout

        def run(pause: float) -> tuple[int, float]:
            assert child.stdin and child.stdout
            child.stdin.write(f"{request} {pause}\n")
            child.stdin.flush()
            code, seconds = child.stdout.readline().split()
            return int(code), float(seconds)

        yield run
        child.stdin.close()


def right(uri: str, request: str, before: dict[str, pl.DataFrame], gone: tuple[str, ...]) -> Receipt:
    """The receipt, after looking that it says what is so: the documents are gone, everything else reads as before."""
    root = Root(uri)
    receipt = root.manifests.record(f"erasures/{request}/receipt.json", Receipt)
    assert receipt.proven, ([name for name, holds in receipt.checks.items() if not holds], receipt.residue)
    assert {copy.status for copy in receipt.copies} <= {"rewritten", "rebuilt", "superseded", "shredded"}
    after = contents(root)
    for name, held in before.items():
        assert held.filter(~pl.col("doc_id").is_in(gone)).equals(after[name])
    root.ledger.verify()
    kinds = [entry.kind for entry in root.ledger.since(0)]
    assert kinds.count("erasure.completed") == 1
    for _, manifest in copies.manifests(root):
        for stored in copies.named(manifest).values():
            root.lake.verify(stored)
    assert not list(root.objects.list("withheld/"))
    return receipt


def contents(root: Root) -> dict[str, pl.DataFrame]:
    """What every snapshot holds."""
    return {
        name: frame(root.lake.read_all(root.manifests.get("snapshots", name, Snapshot).shards(), PROMOTED)).sort("doc_id")
        for name in root.manifests.ids("snapshots")
    }
