"""The ledger: ordered, chained, sealed, written by many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muniment.errors import Corrupt
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import GENESIS, Draft, Entry, EntryKind
from muniment.store.backends import open_objects
from muniment.store.heads import KEY as HEAD
from muniment.store.ledger import Ledger
from muniment.store.objects import Objects
from muniment.store.vault import Vault

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Open = Callable[[], Ledger]


def draft(number: int) -> Draft:
    return Draft(kind=EntryKind.CAPTURED, actor="test", key=str(number), counts={"n": number})


def key(sequence: int) -> str:
    return f"ledger/{sequence:020d}.json"


def overwrite(objects: Objects, name: str, payload: bytes) -> None:
    objects.delete(name)
    objects.put(name, payload)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "elsewhere" / "keyring.json")


@pytest.fixture
def opened(objects: Objects, vault: Vault) -> Open:
    """Opens the same ledger as a process does that knows nothing of it."""
    return lambda: Ledger(objects, lambda: vault)


@pytest.fixture
def ledger(opened: Open) -> Ledger:
    """A ledger of four entries."""
    made = opened()
    for number in range(4):
        made.append(draft(number), NOW)
    return made


def test_entries_are_numbered_from_one_and_each_holds_the_hash_before(opened: Open) -> None:
    ledger = opened()
    entries = [ledger.append(draft(number), NOW) for number in range(5)]
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == GENESIS
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert ledger.verify() == ledger.head().sequence == 5


def test_concurrent_writers_lose_and_duplicate_nothing_and_an_audit_meanwhile_finds_nothing_wrong(opened: Open) -> None:
    def write(writer: int) -> int:
        ledger = opened()
        for number in range(10):
            ledger.append(draft(writer * 100 + number), NOW)
        return opened().verify()

    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(write, range(6)))
    ledger = opened()
    assert ledger.verify() == ledger.head().sequence == max(seen) == 60
    assert sorted(int(entry.key) for entry in ledger.since(0)) == sorted(
        writer * 100 + number for writer in range(6) for number in range(10)
    )


def test_a_changed_entry_is_named(ledger: Ledger, objects: Objects) -> None:
    overwrite(objects, key(2), objects.read(key(2)).replace(b'"actor":"test"', b'"actor":"evil"'))
    with pytest.raises(Corrupt, match="entry 2 was changed"):
        ledger.verify()


def test_the_same_entry_in_other_bytes_is_a_changed_one(ledger: Ledger, objects: Objects) -> None:
    overwrite(objects, key(3), objects.read(key(3)) + b" ")
    with pytest.raises(Corrupt, match="entry 3 was changed"):
        ledger.verify()


@pytest.mark.parametrize("gone", [1, 3, 4])
def test_a_removed_entry_is_named(opened: Open, ledger: Ledger, objects: Objects, gone: int) -> None:
    objects.delete(key(gone))
    for each in (ledger, opened()):
        with pytest.raises(Corrupt, match=f"entry {gone} is missing"):
            each.verify()


def test_a_tail_that_was_cut_off_is_noticed_and_what_is_written_later_does_not_hide_it(opened: Open, objects: Objects) -> None:
    ledger = opened()
    for number in range(4):
        ledger.append(draft(number), NOW)
    for gone in (3, 4):
        objects.delete(key(gone))
    with pytest.raises(Corrupt, match="entry 3 is missing"):
        opened().verify()
    assert opened().append(draft(9), NOW).sequence == 5
    with pytest.raises(Corrupt, match="entry 3 is missing"):
        opened().verify()


def test_an_entry_without_the_key_is_noticed_even_when_others_were_written_behind_it(
    opened: Open, ledger: Ledger, objects: Objects
) -> None:
    last = ledger.entry(4)
    forged = Entry(**draft(66).model_dump(), sequence=5, time=NOW, previous=last.hash, seal=last.seal)
    objects.put(key(5), canonical_json(forged))
    opened().append(draft(7), NOW)
    with pytest.raises(Corrupt, match="entry 5 was changed, or added by somebody without the key"):
        opened().verify()


def test_a_copy_and_a_swap_are_named(ledger: Ledger, objects: Objects) -> None:
    second, third = objects.read(key(2)), objects.read(key(3))
    overwrite(objects, key(3), second)
    with pytest.raises(Corrupt, match="entry 3 is a copy of entry 2"):
        ledger.verify()
    overwrite(objects, key(2), third)
    with pytest.raises(Corrupt, match="entry 2 is a copy of entry 3"):
        ledger.verify()


def test_an_entry_of_another_ledger_of_the_same_key_does_not_fit(
    ledger: Ledger, objects: Objects, vault: Vault, tmp_path: Path
) -> None:
    beside = open_objects(str(tmp_path / "beside"))
    other = Ledger(beside, lambda: vault)
    for number in range(4):
        other.append(draft(number + 50), NOW)
    for number in (1, 2, 4):
        kept = objects.read(key(number))
        overwrite(objects, key(number), beside.read(key(number)))
        with pytest.raises(Corrupt, match=f"entry {number + 1 if number == 1 else number} "):
            ledger.verify()
        overwrite(objects, key(number), kept)
    assert ledger.verify() == 4


def test_a_missing_or_changed_head_is_noticed_and_is_not_put_right_by_the_next_writer(
    opened: Open, ledger: Ledger, objects: Objects
) -> None:
    held = objects.read(HEAD)
    objects.delete(HEAD)
    opened().append(draft(5), NOW)
    with pytest.raises(Corrupt, match="head of the ledger is missing"):
        opened().verify()
    objects.put(HEAD, held.replace(b'"sequence":4', b'"sequence":2'))
    opened().append(draft(6), NOW)
    with pytest.raises(Corrupt, match="head of the ledger was changed"):
        opened().verify()
    overwrite(objects, HEAD, held)
    assert opened().verify() == 6


def test_a_crash_between_an_entry_and_its_head_alarms_nobody(opened: Open, ledger: Ledger, objects: Objects) -> None:
    held = objects.read(HEAD)
    ledger.append(draft(4), NOW)
    overwrite(objects, HEAD, held)
    fresh = opened()
    assert (fresh.head().sequence, fresh.verify(), fresh.append(draft(5), NOW).sequence) == (4, 5, 6)
    assert opened().head().sequence == 6


def test_a_crash_before_the_first_entry_alarms_nobody(opened: Open, objects: Objects) -> None:
    opened().append(draft(0), NOW)
    objects.delete(key(1))
    overwrite(objects, HEAD, b"")
    objects.delete(HEAD)
    assert opened().verify() == 0
    assert opened().append(draft(1), NOW).sequence == 1


def test_a_write_whose_answer_was_lost_is_not_written_again(opened: Open, objects: Objects, vault: Vault) -> None:
    class Deaf:
        """Takes every write and says that somebody else was first."""

        def __init__(self) -> None:
            self.uri = objects.uri

        def put(self, name: str, payload: bytes) -> bool:
            objects.put(name, payload)
            return False

        def __getattr__(self, name: str) -> object:
            return getattr(objects, name)

    deaf = Ledger(Deaf(), lambda: vault)  # type: ignore[arg-type]
    assert [deaf.append(draft(number), NOW).sequence for number in range(3)] == [1, 2, 3]
    assert opened().verify() == 3


def test_what_is_no_entry_is_noticed(ledger: Ledger, objects: Objects) -> None:
    objects.put("ledger/5.json", b"{}")
    with pytest.raises(Corrupt, match="is no entry"):
        ledger.verify()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 33])
def test_the_tail_is_found_by_a_process_that_knows_nothing(opened: Open, count: int) -> None:
    writer = opened()
    for number in range(count):
        writer.append(draft(number), NOW)
    assert opened().tail() == count
