"""Who works under a root: so that nothing is swept away that a run is about to name.

Each side writes its mark before it looks for the other's; on a store whose listings are consistent, one of the two always sees the other.
"""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from muniment.errors import MunimentError, SourceUnavailable
from muniment.schemas.canonical import canonical_json
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root

_FOLDER, _SWEEP = "leases/", "leases/sweep.json"
_LONGEST = timedelta(hours=24)  # a run of another machine that is older has crashed
_SWEEPS = timedelta(minutes=30)
_PAUSE = 0.2  # seconds

_mine: ContextVar[str] = ContextVar("lease", default="")


class Lease(Record):
    """A run at work."""

    story: str
    machine: str
    process: int
    since: datetime


@contextmanager
def at_work(uri: str, story: str) -> Iterator[None]:
    """Within this block a run of a story is at work; one inside of another needs no lease of its own."""
    if _mine.get():
        yield
        return
    root = open_root(uri)
    key = f"{_FOLDER}{uuid4().hex}.json"
    root.objects.put(key, canonical_json(_lease(story)))
    token = _mine.set(key)
    try:
        _wait_for_sweep(root)
        yield
    finally:
        _mine.reset(token)
        root.objects.delete(key)


@contextmanager
def alone(root: Root) -> Iterator[bool]:
    """Within this block no other run begins, when True is given; False, and nothing is held back, when one is at work."""
    if not root.objects.put(_SWEEP, canonical_json(_lease("sweep"))):
        if _alive(root, _SWEEP, _SWEEPS):
            yield False
            return
        root.objects.delete(_SWEEP)
        root.objects.put(_SWEEP, canonical_json(_lease("sweep")))
    try:
        yield not any(_alive(root, key, _LONGEST) for key in _others(root))
    finally:
        root.objects.delete(_SWEEP)


def clear(root: Root) -> int:
    """Remove the leases of runs that crashed; gives how many."""
    dead = [key for key in _others(root) if not _alive(root, key, _LONGEST)]
    for key in dead:
        root.objects.delete(key)
    return len(dead)


def _others(root: Root) -> list[str]:
    return [key for key in root.objects.list(_FOLDER) if key not in (_SWEEP, _mine.get())]


def _wait_for_sweep(root: Root) -> None:
    deadline = datetime.now(UTC) + _SWEEPS
    while root.objects.exists(_SWEEP) and _alive(root, _SWEEP, _SWEEPS):
        if datetime.now(UTC) > deadline:
            raise SourceUnavailable("Retention is removing what nothing names.", "Run this again when it is done.")
        time.sleep(_PAUSE)


def _alive(root: Root, key: str, longest: timedelta) -> bool:
    with suppress(MunimentError):
        lease = root.manifests.record(key, Lease)
        if lease.since + longest < datetime.now(UTC):
            return False
        return lease.machine != platform.node() or _runs(lease.process)
    return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lease(story: str) -> Lease:
    return Lease(story=story, machine=platform.node(), process=os.getpid(), since=datetime.now(UTC))
