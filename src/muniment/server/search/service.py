"""What one process of the search service holds, and how it answers: counted, queued, in time, at the pace."""

import time
from collections.abc import Callable
from typing import TypeVar

from muniment.server.search.limits import Limits
from muniment.server.search.pace import paced
from muniment.server.search.problems import Refused
from muniment.server.search.queue import Full, Queue, TooLong
from muniment.server.search.settings import Settings
from muniment.server.sign_in import SignIn
from muniment.store.root import Root

T = TypeVar("T")


class Service:
    """The root, who may ask, and how much."""

    def __init__(self, root: Root, settings: Settings, sign_in: SignIn | None) -> None:
        self.root, self.settings, self.sign_in = root, settings, sign_in
        self.session_key = root.vault.key("search sessions")
        share = settings.workers  # each process sees its part of the requests
        self.limits = Limits(settings.rate / share, max(1, settings.burst // share), settings.together)
        self.queue = Queue(settings.threads, settings.queue)

    def admit(self, caller: str) -> None:
        """Count a request; raises `Refused` for one too many."""
        if after := self.limits.take(caller, time.monotonic()):
            raise Refused(
                429,
                "too-many",
                "Too many requests",
                "You asked more often than you may.",
                "Wait as long as Retry-After says.",
                after,
            )

    async def carry_out(self, caller: str, work: Callable[[], T]) -> T:
        """What the work gives, made in a thread; it leaves, as its errors do, at the pace. Raises `Refused` and `MunimentError`."""
        started = time.monotonic()
        self.admit(caller)
        if not self.limits.begin(caller, started):
            raise Refused(
                429,
                "too-many-at-once",
                "Too many at once",
                "Others of your requests are still being answered.",
                "Wait for one of them.",
                1,
            )
        try:
            return await self.queue.run(work, self.settings.seconds, lambda: self.limits.end(caller))
        except Full:
            raise Refused(
                503, "busy", "Busy", "More requests wait than can be answered in time.", "Wait as long as Retry-After says.", 2
            ) from None
        except TooLong:
            raise Refused(
                503, "too-long", "Took too long", "The answer was not there in time.", "Ask again, or for fewer passages.", 2
            ) from None
        finally:
            await paced(started, self.settings.pace_ms / 1000)
