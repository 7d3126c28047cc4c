"""A step runs as a tracked Prefect task inside a flow run, and as the plain function that it is everywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from muniment.errors import Retry

P = ParamSpec("P")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]  # step, done, total

_watcher: ContextVar[Progress | None] = ContextVar("watcher", default=None)


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a step: one coarse unit of a story, tried again by Prefect when it raises `Retry`."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if _in_flow_run():
            return _tracked(function)(*args, **kwargs)  # type: ignore[no-any-return]
        return function(*args, **kwargs)

    return call


@contextmanager
def watching(progress: Progress) -> Iterator[None]:
    """Within this block, long steps report how far they are."""
    token = _watcher.set(progress)
    try:
        yield
    finally:
        _watcher.reset(token)


def report(name: str, done: int, total: int) -> None:
    """Say how far a step is to whoever is watching."""
    if watcher := _watcher.get():
        watcher(name, done, total)


def run_id() -> str:
    """Id of the Prefect flow run that we are in, or empty."""
    if not _in_flow_run():
        return ""
    from prefect.runtime import flow_run

    return str(flow_run.id)


def _in_flow_run() -> bool:
    # Prefect takes seconds to import: a process that has not imported it is in no flow run.
    if "prefect.context" not in sys.modules:
        return False
    from prefect.context import FlowRunContext

    return FlowRunContext.get() is not None


@cache
def _tracked(function: Callable[..., Any]) -> Any:
    """The function as a Prefect task. Our own store caches work by content, so Prefect keeps no results."""
    import prefect
    from prefect.cache_policies import NO_CACHE

    make: Any = prefect.task  # its overloads do not know a function with options
    return make(
        function,
        name=function.__name__.replace("_", " "),
        retries=2,
        retry_delay_seconds=[2, 10],
        retry_condition_fn=_may_retry,
        cache_policy=NO_CACHE,
        persist_result=False,
        log_prints=False,
    )


def _may_retry(task: Any, run: Any, state: Any) -> bool:
    return isinstance(state.result(raise_on_failure=False), Retry)
