"""The append-only ledger: put-if-absent gives a total order without a server, hashes chain it, seals and a signed head guard it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.ledger import GENESIS, Draft, Entry, Head
from muniment.store.heads import Heads, Signer
from muniment.store.objects import Objects
from muniment.store.vault import signed_by

_AHEAD = 128  # entries that are fetched at once from a server
_RESTORE = "Restore it from a backup; then run `muniment audit verify`."


class _Last(NamedTuple):
    """An entry that certainly exists."""

    sequence: int
    hash: str


class Ledger:
    """Entries `ledger/<20 digits>.json`, numbered from 1 without gaps. Any number of processes may append."""

    def __init__(self, objects: Objects, signer: Callable[[], Signer]) -> None:
        self._objects, self._signer = objects, signer
        self._heads = Heads(objects)
        self._last = _Last(0, GENESIS)

    def append(self, draft: Draft, time: datetime) -> Entry:
        """Write a draft as the next entry, sealed, and give it back; a lost race is tried again behind the winner."""
        signer, last = self._signer(), self._last
        if not last.sequence:
            last = self._found(signer)
        while True:
            entry = _sealed(draft, time, last, signer)
            payload = canonical_json(entry)
            # A server may have taken a write whose answer was lost: then the entry that is there is ours.
            if self._objects.put(_key(entry.sequence), payload) or self.payload(entry.sequence) == payload:
                break
            last = self._behind(last)
        self._last = _Last(entry.sequence, sha256(payload))
        self._heads.advance(*self._last, signer)
        return entry

    def append_all(self, drafts: Sequence[tuple[Draft, datetime]]) -> list[Entry]:
        """Write several drafts as the next entries, in this order. All are durable when this returns; a crash leaves the first few."""
        signer, last = self._signer(), self._last
        last = last if last.sequence else self._found(signer)
        made = list[Entry]()
        while len(made) < len(drafts):
            chain = list(_chained(drafts[len(made) :], last, signer))
            created = self._objects.put_all([(_key(each.sequence), payload) for each, payload in chain])
            if created:
                made += [each for each, _ in chain[:created]]
                last = _Last(chain[created - 1][0].sequence, sha256(chain[created - 1][1]))
            if created < len(chain):
                if self.payload(chain[created][0].sequence) == chain[created][1]:  # ours, whose answer was lost
                    made.append(chain[created][0])
                last = self._behind(last)
        self._last = last
        self._heads.advance(*last, signer)
        return made

    def entry(self, sequence: int) -> Entry:
        """The entry of that number; raises `Corrupt`."""
        return entry_of(self.payload(sequence), sequence)

    def payload(self, sequence: int) -> bytes:
        """The bytes of the entry of that number; raises `Corrupt`."""
        try:
            return self._objects.read(_key(sequence))
        except NotFound:
            raise Corrupt(f"Ledger entry {sequence} is missing.", _RESTORE) from None

    def payloads(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes of the entries from `first` to `last`, in order; raises `Corrupt` for one that is missing."""
        numbers = range(first, last + 1)
        if not self._objects.uri.startswith("s3://"):
            yield from map(self.payload, numbers)
            return
        with ThreadPoolExecutor(16) as pool:
            for start in range(0, len(numbers), _AHEAD):
                yield from pool.map(self.payload, numbers[start : start + _AHEAD])

    def since(self, sequence: int) -> Iterator[Entry]:
        """Entries after that number, in order."""
        for number, payload in enumerate(self.payloads(sequence + 1, self.tail()), start=sequence + 1):
            yield entry_of(payload, number)

    def tail(self) -> int:
        """Number of the last entry, 0 when there is none."""
        self._last = self._behind(self._last) if self._last.sequence else self._found(self._signer())
        return self._last.sequence

    def head(self) -> Head:
        """How long the ledger is at least, as it was signed; raises `Corrupt` when the head is missing or was changed."""
        head = self._heads.read(self._signer())
        if head is None and self._objects.exists(_key(1)):
            raise Corrupt("The signed head of the ledger is missing.", "Restore `ledger-head.json` from a backup.")
        return head or Head(sequence=0, hash=GENESIS)

    def end(self) -> int:
        """The highest number that an entry was ever seen under, which is the tail unless some are missing; raises `Corrupt` for a name
        in the ledger's folder that is no entry's."""
        last = 0
        for key in self._objects.list("ledger/"):
            number = key.removeprefix("ledger/").removesuffix(".json")
            if not number.isdecimal() or key != _key(int(number)) or int(number) < 1:
                raise Corrupt(f"{key} is no entry of the ledger.", "Somebody put it there: look who can write to this root.")
            last = max(last, int(number))
        return last

    def walk(self, first: int, last: int, previous: str) -> Iterator[tuple[Entry, bytes]]:
        """Entries from `first` to `last` with their bytes, each checked against its seal and the hash of the one before (`previous`
        for the first); raises `Corrupt` at the first that is wrong, and says what is."""
        public = self._signer().public_key
        for number, payload in enumerate(self.payloads(first, last), start=first):
            entry = entry_of(payload, number)
            if wrong := _wrong(entry, payload, number, previous, public):
                raise Corrupt(f"Ledger entry {number} {wrong}.", _RESTORE)
            previous = sha256(payload)
            yield entry, payload

    def verify(self) -> int:
        """Check every entry and the head; gives the number of entries, raises `Corrupt` at the first that is wrong."""
        head = self.head()  # before the entries are listed, which others may be adding to
        last = max(self.end(), head.sequence)
        for entry, payload in self.walk(1, last, GENESIS):
            require_headed(head, entry.sequence, payload)
        return last

    def _found(self, signer: Signer) -> _Last:
        """The last entry, by a process that knows none: the search begins at the signed head."""
        try:
            head = self._heads.read(signer)
        except Corrupt:  # the audit tells; nobody is kept from writing down what happens
            return self._behind(_Last(0, GENESIS))
        if head is None:
            if not self._objects.exists(_key(1)):
                self._heads.begin(signer)
            return self._behind(_Last(0, GENESIS))
        return self._behind(_Last(head.sequence, head.hash))

    def _behind(self, known: _Last) -> _Last:
        """The last entry, by galloping search from a known one: the numbers have no gaps."""
        low, step = known.sequence, 1
        while self._objects.exists(_key(low + step)):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._objects.exists(_key(middle)) else (low, middle)
        return known if low == known.sequence else _Last(low, sha256(self.payload(low)))


def _chained(drafts: Sequence[tuple[Draft, datetime]], last: _Last, signer: Signer) -> Iterator[tuple[Entry, bytes]]:
    """Entries with their bytes, each behind the one before."""
    for draft, time in drafts:
        entry = _sealed(draft, time, last, signer)
        payload = canonical_json(entry)
        last = _Last(entry.sequence, sha256(payload))
        yield entry, payload


def _sealed(draft: Draft, time: datetime, last: _Last, signer: Signer) -> Entry:
    entry = Entry(**draft.model_dump(), sequence=last.sequence + 1, time=time, previous=last.hash)
    return entry.model_copy(update={"seal": signer.sign(entry.sealed)})


def require_headed(head: Head, number: int, payload: bytes) -> None:
    """Raise `Corrupt` when this is the entry that the head names, and another than it was."""
    if number == head.sequence and sha256(payload) != head.hash:
        raise Corrupt(f"Ledger entry {number} is not the one that the signed head names.", _RESTORE)


def entry_of(payload: bytes, sequence: int) -> Entry:
    """The entry of that number from its bytes; raises `Corrupt`."""
    try:
        return Entry.model_validate_json(payload)
    except ValidationError:
        raise Corrupt(f"Ledger entry {sequence} cannot be read.", _RESTORE) from None


def _wrong(entry: Entry, payload: bytes, number: int, previous: str, public_key: str) -> str:
    """What is wrong with an entry, or nothing."""
    if payload != canonical_json(entry):
        return "was changed: these are not the bytes that were written"
    if not signed_by(public_key, entry.sealed, entry.seal):
        return "was changed, or added by somebody without the key: its seal does not fit"
    if entry.sequence != number:
        return f"is a copy of entry {entry.sequence}, or was moved here"
    if entry.previous != previous:
        return f"does not follow entry {number - 1}: one of them was replaced" if number > 1 else "is not the first of a ledger"
    return ""


def _key(sequence: int) -> str:
    return f"ledger/{sequence:020d}.json"
