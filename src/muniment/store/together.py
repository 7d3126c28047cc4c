"""Entries of concurrent callers written together: each waits until its own is durable, and all that wait share the price of that.

Whoever comes first writes for all that wait by then, and hands over to one of those that came meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Condition

from muniment.schemas.ledger import Draft, Entry
from muniment.store.ledger import Ledger

_MOST = 64  # entries that are written together


@dataclass
class _Waiting:
    draft: Draft
    time: datetime
    entry: Entry | None = None
    failed: BaseException | None = None


class Together:
    """A ledger for many threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._changed = Condition()
        self._queue: list[_Waiting] = []
        self._writing = False

    def append(self, draft: Draft, time: datetime) -> Entry:
        """Write an entry, alone or with those of others; it is durable when this returns. Raises what `Ledger.append` raises."""
        mine = _Waiting(draft, time)
        with self._changed:
            self._queue.append(mine)
        while self._to_write(mine):
            self._write()
        if mine.failed is not None:
            raise mine.failed
        assert mine.entry is not None
        return mine.entry

    def _to_write(self, mine: _Waiting) -> bool:
        """Wait until an entry is written, or it falls to us to write what waits."""
        with self._changed:
            while self._writing and not _done(mine):
                self._changed.wait()
            self._writing = self._writing or not _done(mine)
            return not _done(mine)

    def _write(self) -> None:
        with self._changed:
            batch, self._queue = self._queue[:_MOST], self._queue[_MOST:]
        try:
            entries = self._ledger.append_all([(each.draft, each.time) for each in batch])
            for each, entry in zip(batch, entries, strict=True):
                each.entry = entry
        except BaseException as error:
            for each in batch:
                each.failed = error
            raise
        finally:
            with self._changed:
                self._writing = False
                self._changed.notify_all()


def _done(waiting: _Waiting) -> bool:
    return waiting.entry is not None or waiting.failed is not None
