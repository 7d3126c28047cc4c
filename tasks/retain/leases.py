"""Who works under a root: so that nothing is swept away that a run is about to name.

Each side writes its mark before it looks for the other's; on a store whose listings are consistent, one of the two always sees the other.
"""

import os
import platform
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from muniment.errors import MunimentError, SourceUnavailable, StaleRef
from muniment.schemas.canonical import canonical_json
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root

_FOLDER, _SWEEP = "leases/", "leases/sweep.json"
_LONGEST = timedelta(hours=24)  # a run of another machine that is older has crashed
_SWEEPS = timedelta(hours=2)
_PAUSE = 0.2  # seconds
_ERASURES = ("erase", "revoke", "retain", "reconcile")  # stories that only take away

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
def quiet(root: Root, patience: float = 600) -> Iterator[None]:
    """Within this block no other run is at work but erasures, which wait for each other. Waits for those that are, `patience` seconds at
    most; raises `StaleRef` then, so that the step is tried again."""
    deadline = time.monotonic() + patience
    while True:
        with alone(root, beside=_ERASURES) as free:
            if free:
                yield
                return
        if time.monotonic() > deadline:
            raise StaleRef("Other runs are still at work.", "Nothing of it is served meanwhile; the next reconciliation goes on.")
        time.sleep(_PAUSE)


@contextmanager
def alone(root: Root, beside: Collection[str] = ()) -> Iterator[bool]:
    """Within this block no other run begins, when True is given; False, and nothing is held back, when one is at work that is not one of
    the stories `beside`."""
    if not root.objects.put(_SWEEP, canonical_json(_lease("sweep"))):
        if _alive(root, _SWEEP, _SWEEPS):
            yield False
            return
        root.objects.delete(_SWEEP)
        root.objects.put(_SWEEP, canonical_json(_lease("sweep")))
    try:
        yield not any(_alive(root, key, _LONGEST, beside) for key in _others(root))
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


def _alive(root: Root, key: str, longest: timedelta, beside: Collection[str] = ()) -> bool:
    with suppress(MunimentError):
        lease = root.manifests.record(key, Lease)
        if lease.since + longest < datetime.now(UTC) or lease.story in beside:
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
