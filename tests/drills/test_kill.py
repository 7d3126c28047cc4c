"""kill -9 at random moments, again and again: nothing committed is lost, nothing half-made is seen, the next run resumes."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, write

from muniment.errors import NotFound
from muniment.schemas.source import Source
from muniment.store.root import Root
from muniment.tasks.corpus import index_of, shown
from muniment.tasks.erasure import copies

KILLS = int(os.environ.get("MUNIMENT_KILLS", "200"))
# One process for each kill would spend its time importing. This one imports, computes nothing (a fork of started thread pools hangs),
# forks as often as the drill asks, kills the child after the pause it is given, and says how it ended.
CHILD = """
import importlib, os, signal, sys, time
from muniment import flows
from muniment.schemas.review import Decision
from muniment.tasks.review.decide import decide

for name in ("personal", "secrets", "language", "quality", "licences", "twins", "contamination"):
    importlib.import_module(f"muniment.core.{name}")
import great_expectations, pandas, presidio_analyzer, spacy

def work(uri):
    captured = flows.capture("handbook", root=uri)
    decide(uri, captured.judgement, Decision.APPROVE, "drill", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)

for line in sys.stdin:
    pause = float(line)
    child = os.fork()
    if child == 0:
        work(sys.argv[1])
        os._exit(0)
    began = time.monotonic()
    done, status = 0, 0
    while not done:
        time.sleep(0.005)
        done, status = os.waitpid(child, os.WNOHANG)
        if not done and 0 < pause < time.monotonic() - began:
            os.kill(child, signal.SIGKILL)
            done, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), time.monotonic() - began, flush=True)
"""


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(uri: str, corpus: Path, register: Callable[..., Source]) -> None:
    register(corpus)
    chance = random.Random(7)
    entries: list[bytes] = []
    killed = 0
    with subprocess.Popen([sys.executable, "-c", CHILD, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout

        def run(pause: float) -> tuple[int, float]:
            """How a run ended that is killed after a pause (0: never), and after how many seconds."""
            assert child.stdin and child.stdout
            child.stdin.write(f"{pause}\n")
            child.stdin.flush()
            code, seconds = child.stdout.readline().split()
            return int(code), float(seconds)

        code, whole = run(0)
        assert code == 0
        number = 0
        while killed < KILLS:
            number += 1
            if number % 5 == 1:
                change(corpus, number)
            code, seconds = run(chance.uniform(0.01, whole))
            assert code in (0, -signal.SIGKILL)
            killed += code != 0
            whole = whole if code else seconds  # a run that had time to end says how long they take by now
            entries = _sound(uri, entries)
        assert run(0)[0] == 0
        child.stdin.close()
    root = Root(uri)
    snapshot = shown(root, "production")
    assert snapshot and index_of(root, "production").snapshot == snapshot.id
    keys = [(entry.kind, entry.key) for entry in root.ledger.since(0) if entry.key]
    assert len(keys) == len(set(keys))


def change(corpus: Path, number: int) -> None:
    """A page that is new, or says something new."""
    text = f"Page {number} is about ship number {number * 7919} and its crew of the year.\n" * 4
    write(corpus / f"page-{number % 40}.md", LICENCE + text, 1_700_000_000 + number)


def _sound(uri: str, before: list[bytes]) -> list[bytes]:
    """After a kill: the ledger holds all that it held, and everything that can be seen is whole."""
    root = Root(uri)
    root.ledger.verify()
    entries = [root.objects.read(key) for key in root.objects.list("ledger/")]
    assert entries[: len(before)] == before
    for _, manifest in copies.manifests(root):
        for stored in copies.named(manifest).values():
            assert root.lake.exists(stored)
    snapshot = shown(root, "production")
    if snapshot:
        for part in snapshot.parts:
            for shard in part.shards:
                root.lake.verify(shard)
        try:
            index = index_of(root, "production")
        except NotFound:
            return entries
        assert all(os.path.getsize(Path(uri) / each.key) == each.bytes for each in index.files)
    return entries
