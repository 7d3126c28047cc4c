"""The ledger: ordered, chained, written by many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from muniment.errors import Corrupt
from muniment.schemas.ledger import GENESIS, Draft, EntryKind
from muniment.store.ledger import Ledger
from muniment.store.objects import Objects

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def draft(number: int) -> Draft:
    return Draft(kind=EntryKind.CAPTURED, actor="test", key=str(number), counts={"n": number})


def test_entries_are_numbered_from_one_and_each_holds_the_hash_before(objects: Objects) -> None:
    ledger = Ledger(objects)
    entries = [ledger.append(draft(number), NOW) for number in range(5)]
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == GENESIS
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert ledger.verify() == 5


def test_concurrent_writers_lose_and_duplicate_nothing(objects: Objects) -> None:
    def write(writer: int) -> None:
        ledger = Ledger(objects)
        for number in range(10):
            ledger.append(draft(writer * 100 + number), NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    ledger = Ledger(objects)
    assert ledger.verify() == 60
    assert sorted(int(entry.key) for entry in ledger.since(0)) == sorted(
        writer * 100 + number for writer in range(6) for number in range(10)
    )


def test_a_changed_entry_breaks_the_chain(objects: Objects) -> None:
    ledger = Ledger(objects)
    for number in range(4):
        ledger.append(draft(number), NOW)
    key = "ledger/00000000000000000002.json"
    payload, tag = objects.read_tagged(key)
    objects.replace(key, payload.replace(b'"actor":"test"', b'"actor":"evil"'), tag)
    with pytest.raises(Corrupt, match="entry 3"):
        ledger.verify()


def test_a_removed_entry_is_noticed(objects: Objects) -> None:
    ledger = Ledger(objects)
    for number in range(4):
        ledger.append(draft(number), NOW)
    objects.delete("ledger/00000000000000000003.json")
    with pytest.raises(Corrupt, match="3"):
        Ledger(objects).verify()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 33])
def test_the_tail_is_found_by_a_process_that_knows_nothing(objects: Objects, count: int) -> None:
    writer = Ledger(objects)
    for number in range(count):
        writer.append(draft(number), NOW)
    assert Ledger(objects).tail() == count
