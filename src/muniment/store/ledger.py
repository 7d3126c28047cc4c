"""The append-only ledger: put-if-absent gives a total order without a server, hashes chain it."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError

from muniment.errors import Corrupt
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import GENESIS, Draft, Entry
from muniment.store.objects import Objects


class Ledger:
    """Entries `ledger/<20 digits>.json`, numbered from 1 without gaps. Any number of processes may append."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known = 0  # a sequence that certainly exists

    def append(self, draft: Draft, time: datetime) -> Entry:
        """Write a draft as the next entry and give it back; a lost race is tried again behind the winner."""
        while True:
            last = self.tail()
            previous = self.entry(last).hash if last else GENESIS
            entry = Entry(**draft.model_dump(), sequence=last + 1, time=time, previous=previous)
            if self._objects.put(_key(entry.sequence), canonical_json(entry)):
                self._known = entry.sequence
                return entry

    def entry(self, sequence: int) -> Entry:
        """The entry of that number; raises `NotFound` or `Corrupt`."""
        try:
            return Entry.model_validate_json(self._objects.read(_key(sequence)))
        except ValidationError:
            raise Corrupt(
                f"Ledger entry {sequence} cannot be read.", "Restore it from a backup; then run `muniment audit verify`."
            ) from None

    def since(self, sequence: int) -> Iterator[Entry]:
        """Entries after that number, in order."""
        for number in range(sequence + 1, self.tail() + 1):
            yield self.entry(number)

    def tail(self) -> int:
        """Number of the last entry, 0 when there is none. Galloping search: the numbers have no gaps."""
        low, step = self._known, 1
        while self._objects.exists(_key(low + step)):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._objects.exists(_key(middle)) else (low, middle)
        self._known = low
        return low

    def verify(self) -> int:
        """Recompute the whole chain; gives the number of entries, raises `Corrupt` at the first broken link."""
        previous, count = GENESIS, 0
        for key in self._objects.list("ledger/"):
            count += 1
            if key != _key(count):
                raise Corrupt(f"Ledger entry {count} is missing.", "Restore it from a backup.")
            entry = self.entry(count)
            if entry.sequence != count or entry.previous != previous or self._objects.read(key) != canonical_json(entry):
                raise Corrupt(
                    f"The chain breaks at ledger entry {count}.", "Compare it with a backup: it was changed after it was written."
                )
            previous = entry.hash
        return count


def _key(sequence: int) -> str:
    return f"ledger/{sequence:020d}.json"
