"""Whether something outlived its window."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from muniment.policies.retention import EVER, Window

T = TypeVar("T")


def cut(window: Window, at: datetime) -> datetime | None:
    """What was last of use at this moment or before is due; None: nothing ever is."""
    return None if window.days == EVER else at - timedelta(days=int(window.days))


def due(found: Iterable[T], since: Callable[[T], datetime], window: Window, at: datetime) -> list[T]:
    """Of all things of a kind those that are due, without the last few that the window keeps; the oldest first."""
    before = cut(window, at)
    aged = sorted(found, key=since)
    aged = aged[: max(0, len(aged) - window.last)]
    return [each for each in aged if before is not None and since(each) <= before]
