"""Checkpoints of a ledger, and proofs that lead to them."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from muniment.core.merkle import Tree
from muniment.core.notes import parsed
from muniment.errors import Corrupt
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.audit import checkpoints
from muniment.tasks.audit.verify import verify_root

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def write(root: Root, count: int) -> None:
    for number in range(count):
        root.ledger.append(Draft(kind=EntryKind.CAPTURED, actor="test", counts={"n": number}), NOW)


def merkle_root(root: Root, size: int) -> bytes:
    tree = Tree()
    for payload in root.ledger.payloads(1, size):
        tree.add(payload)
    return tree.root()


def test_a_checkpoint_is_over_every_entry_and_nothing_new_asks_for_none(uri: str) -> None:
    root = open_root(uri)
    write(root, 20)
    first = checkpoints.checkpoint(uri, "robin")
    assert (first.size, first.root) == (21, merkle_root(root, 21))
    assert checkpoints.checkpoint(uri, "robin") == first
    assert [entry.counts for entry in root.ledger.since(21)] == [{"size": 21}]
    write(root, 1)
    assert checkpoints.checkpoint(uri, "robin").size == 23
    assert [each.size for each in checkpoints.kept(root)] == [21, 23]


def test_nothing_is_signed_over_a_ledger_whose_end_is_gone(uri: str) -> None:
    root = open_root(uri)
    write(root, 5)
    root.objects.delete("ledger/00000000000000000006.json")
    with pytest.raises(Corrupt, match="entry 6 is missing"):
        checkpoints.checkpoint(uri, "robin")


def test_the_next_checkpoint_reads_what_is_new_and_not_what_was_there(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = open_root(uri)
    write(root, 300)
    checkpoints.checkpoint(uri, "robin")
    write(root, 5)
    reads, read = Counter[str](), type(root.objects).read

    def counted(self: object, key: str) -> bytes:
        reads[key.partition("/")[0]] += 1
        return read(root.objects, key)

    monkeypatch.setattr(type(root.objects), "read", counted)
    made = checkpoints.checkpoint(uri, "robin")
    monkeypatch.undo()
    assert made.root == merkle_root(root, made.size)
    assert reads["ledger"] < 20
    assert reads["tiles"] <= 4


def test_a_crash_at_any_write_of_a_checkpoint_leaves_it_to_be_made_again(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = open_root(uri)
    write(root, 300)
    put, crashes = type(root.objects).put, 0
    for allowed in range(12):
        left = [allowed]

        def dying(self: object, key: str, payload: bytes, left: list[int] = left) -> bool:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return put(root.objects, key, payload)

        monkeypatch.setattr(type(root.objects), "put", dying)
        try:
            checkpoints.checkpoint(uri, "robin")
        except KeyboardInterrupt:
            crashes += 1
        monkeypatch.undo()
    assert crashes >= 5
    [made] = checkpoints.kept(root)
    assert made.root == merkle_root(root, made.size)
    assert [entry.kind for entry in root.ledger.since(300)].count(EntryKind.CHECKPOINT) == 1


@pytest.mark.parametrize("damage", ["remove", "change", "shorten"])
def test_tiles_are_a_cache_that_nobody_has_to_trust(uri: str, damage: str) -> None:
    root = open_root(uri)
    write(root, 300)
    checkpoints.checkpoint(uri, "robin")
    for key in list(root.objects.list("tiles/")):
        payload = root.objects.read(key)
        root.objects.delete(key)
        if damage != "remove":
            root.objects.put(key, payload[:-32] if damage == "shorten" else bytes([payload[0] ^ 1]) + payload[1:])
    assert parsed(checkpoints.prove_inclusion(uri, 17, "robin").partition(b"\n\n")[2]) == checkpoints.latest(root)
    for key in list(root.objects.list("tiles/")):
        root.objects.delete(key)
    write(root, 3)
    made = checkpoints.checkpoint(uri, "robin")
    assert made.root == merkle_root(root, made.size)


def test_nothing_is_signed_over_an_entry_that_is_wrong(uri: str) -> None:
    root = open_root(uri)
    write(root, 10)
    last = root.ledger.entry(11)
    key = "ledger/00000000000000000011.json"
    root.objects.delete(key)
    root.objects.put(key, canonical_json(last.model_copy(update={"actor": "evil"})))
    with pytest.raises(Corrupt, match="entry 11"):
        checkpoints.checkpoint(uri, "robin")
    assert checkpoints.kept(root) == []


def test_a_checkpoint_of_another_root_is_none_of_ours(uri: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    write(open_root(other), 3)
    write(open_root(uri), 9)
    with pytest.raises(Corrupt, match="of another ledger"):
        checkpoints.prove_consistency(uri, checkpoints.checkpoint(other, "robin").note, "robin")


def test_a_rewritten_history_is_not_consistent_with_a_checkpoint_kept_elsewhere(
    uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    """Also when whoever rewrites it has the key, and replaces every seal, the head, the tiles and the checkpoints."""
    root = open_root(uri)
    write(root, 30)
    kept = checkpoints.checkpoint(uri, "robin").note
    entries = list(root.ledger.since(0))
    for prefix in ("ledger/", "tiles/", "checkpoints/"):
        for key in list(root.objects.list(prefix)):
            root.objects.delete(key)
    root.objects.delete("ledger-head.json")
    Path(uri, "lineage.duckdb").unlink()
    open_root.cache_clear()
    root = Root(uri)
    for entry in entries:
        changed = {"actor": "nobody"} if entry.sequence == 7 else {}
        draft = entry.model_dump(exclude={"sequence", "time", "previous", "seal"}) | changed
        root.ledger.append(Draft.model_validate(draft), entry.time)
    write(root, 5)
    assert root.ledger.verify() == 37
    with pytest.raises(Corrupt, match="No proof leads"):
        checkpoints.prove_consistency(uri, kept, "robin")


@pytest.mark.s3
def test_on_a_server_checkpoints_and_proofs_are_the_same(
    shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    uri = f"s3://{shared_bucket}/{uuid4().hex}"
    root = open_root(uri)
    write(root, 280)
    first = checkpoints.checkpoint(uri, "robin")
    assert (first.size, first.root) == (281, merkle_root(root, 281))
    write(root, 3)
    assert parsed(checkpoints.prove_consistency(uri, first.note, "robin").partition(b"\n\n")[2]) == checkpoints.latest(root)
    assert verify_root(uri, "auditor").problems == ()
    root.objects.delete("ledger/00000000000000000284.json")
    assert "entry 284 is missing" in verify_root(uri, "auditor").problems[0]
