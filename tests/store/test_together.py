"""Entries of many threads, written together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.objects import Objects
from muniment.store.root import Root

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def draft(number: int) -> Draft:
    return Draft(kind=EntryKind.SEARCHED, actor=f"user{number}")


def test_entries_of_many_threads_are_all_there_once_and_chained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, batches = Root(str(tmp_path / "root")), list[int]()
    _ = root.vault
    real = type(root.ledger).append_all

    def counted(self: object, drafts: list[object]) -> object:
        batches.append(len(drafts))
        return real(self, drafts)  # type: ignore[arg-type]

    monkeypatch.setattr(type(root.ledger), "append_all", counted)
    with ThreadPoolExecutor(12) as pool:
        written = list(pool.map(lambda number: root.together.append(draft(number), NOW), range(120)))
    assert [each.actor for each in written] == [f"user{number}" for number in range(120)]
    for each in written:
        assert root.ledger.entry(each.sequence) == each
    assert root.ledger.verify() == 121 and sum(batches) == 120 and max(batches) > 1


def test_two_writers_of_one_ledger_lose_nothing(tmp_path: Path) -> None:
    uri = str(tmp_path / "root")
    roots = [Root(uri), Root(uri)]
    for each in roots:
        _ = each.vault
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: roots[number % 2].together.append(draft(number), NOW), range(60)))
    assert {entry.actor for entry in Root(uri).ledger.since(1)} == {f"user{number}" for number in range(60)}
    assert len({each.sequence for each in written}) == 60 and Root(uri).ledger.verify() == 61


def test_what_fails_fails_for_everybody_who_waited_and_for_nobody_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(str(tmp_path / "root"))
    _ = root.vault
    with monkeypatch.context() as patched:
        patched.setattr(type(root.objects), "put_all", lambda *given: (_ for _ in ()).throw(OSError("disk full")))
        with ThreadPoolExecutor(4) as pool:
            for each in [pool.submit(root.together.append, draft(number), NOW) for number in range(8)]:
                with pytest.raises(OSError, match="disk full"):
                    each.result()
    assert root.together.append(draft(9), NOW).sequence == 2


def test_keys_are_created_in_order_up_to_the_first_that_is_taken(objects: Objects) -> None:
    assert objects.put("many/3", b"taken")
    assert objects.put_all([(f"many/{number}", b"x") for number in range(6)]) == 3
    assert sorted(objects.list("many/")) == ["many/0", "many/1", "many/2", "many/3"]
    assert objects.read("many/3") == b"taken"
    assert objects.put_all([]) == 0
