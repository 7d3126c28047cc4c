"""Answers are made in a few threads; a few more wait, the rest are told to come back."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Full(Exception):
    """As many wait as may wait."""


class TooLong(Exception):
    """The time of a request is over. begun: its work goes on, so that what it writes down is whole; else it was never begun."""

    def __init__(self, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class Queue:
    """A bounded queue before a pool of threads.

    Work that was begun is carried to its end, whatever becomes of the request: an answer and the ledger's entry of it belong together.
    Work that waits is dropped with its request, and has read nothing.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._places = threads + waiting

    async def run(self, work: Callable[[], T], seconds: float, ended: Callable[[], None] = lambda: None) -> T:
        """What the work gives, or raises; `ended` is called in the event loop once it holds no place any more. Raises `Full` and `TooLong`."""
        if self._places <= 0:
            ended()
            raise Full
        self._places -= 1
        loop = asyncio.get_running_loop()

        def free(_: "Future[T]") -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for a place
                loop.call_soon_threadsafe(self._free, ended)

        future = self._pool.submit(work)
        future.add_done_callback(free)
        return await _within(future, seconds)

    def _free(self, ended: Callable[[], Any]) -> None:
        self._places += 1
        ended()

    def close(self) -> None:
        """Finish what was begun, drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)


async def _within(future: "Future[T]", seconds: float) -> T:
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), seconds)
    except TimeoutError:
        raise TooLong(begun=not future.cancel()) from None
    except asyncio.CancelledError:
        future.cancel()
        raise
