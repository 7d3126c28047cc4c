"""An erasure waits until nobody else is at work, and nobody begins while it rewrites."""

import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from muniment.errors import StaleRef
from muniment.schemas.canonical import canonical_json
from muniment.store.root import Root, open_root
from muniment.tasks.retain import leases
from muniment.tasks.retain.leases import Lease, at_work, quiet


@pytest.fixture
def root(uri: str) -> Root:
    return open_root(uri)


@pytest.fixture
def running() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def at_work_there(root: Root, story: str, process: int) -> None:
    lease = Lease(story=story, machine=platform.node(), process=process, since=datetime.now(UTC))
    root.objects.put(f"leases/{story}.json", canonical_json(lease))


def test_it_waits_for_a_capture_and_not_for_one_that_crashed(root: Root, running: subprocess.Popen[bytes]) -> None:
    at_work_there(root, "capture", running.pid)
    with pytest.raises(StaleRef), quiet(root, patience=0.5):
        raise AssertionError("a capture is at work")
    running.kill()
    running.wait()
    with quiet(root, patience=0.5):
        pass


def test_erasures_do_not_wait_for_each_others_whole_runs_but_rewrite_one_at_a_time(
    root: Root, running: subprocess.Popen[bytes]
) -> None:
    at_work_there(root, "erase", running.pid)
    with quiet(root, patience=0.5), pytest.raises(StaleRef), quiet(root, patience=0.5):
        raise AssertionError("two rewrite at once")


def test_a_run_that_begins_meanwhile_waits(root: Root, uri: str) -> None:
    began: list[float] = []

    def capture() -> None:
        with at_work(uri, "capture"):
            began.append(time.monotonic())

    with quiet(root):
        other = threading.Thread(target=capture)
        other.start()
        time.sleep(0.5)
        assert not began
        until = time.monotonic()
    other.join(10)
    assert began[0] >= until
    assert not list(root.objects.list(f"{leases._FOLDER}"))
