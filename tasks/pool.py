"""Work spread over the cores of this machine."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing.connection import wait
from typing import TypeVar

from muniment.tasks.step import report

A = TypeVar("A")
R = TypeVar("R")


def spread(name: str, function: Callable[[A], R], items: Sequence[A]) -> Iterator[R]:
    """Results of a module-level function over items, in their order; in this process when there is one item or one core."""
    results = map(function, items) if len(items) < 2 or cores() < 2 else _pool().map(function, items)
    report(name, 0, len(items))
    for done, result in enumerate(results, start=1):
        report(name, done, len(items))
        yield result


def cores() -> int:
    """Cores that this process may use; `$MUNIMENT_CORES` lowers it."""
    return int(os.environ.get("MUNIMENT_CORES", "0")) or len(os.sched_getaffinity(0))


@cache
def _pool() -> ProcessPoolExecutor:
    """One pool a process, kept: its workers hold compiled detectors. A fork server, since a fork of a threaded process deadlocks."""
    return ProcessPoolExecutor(cores(), mp_context=multiprocessing.get_context("forkserver"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A worker of a pool waits for work for ever, also of a process that was killed: end it then."""
    parent = multiprocessing.parent_process()
    assert parent

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
