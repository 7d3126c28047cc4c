"""Sealed objects: what is read is what was put, at any place, and nothing that was changed is ever given back."""

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt, NotFound
from muniment.schemas.encryption import Encryption
from muniment.store.encryption.sealed import covered
from muniment.store.encryption.stream import HEADER, SEGMENT, open_sealed, seal, unseal
from muniment.store.root import Root

KEY, KEY_ID = bytes(range(32)), "00" * 8
WHOLE = SEGMENT + 16
sizes = st.one_of(st.integers(0, 300), st.integers(SEGMENT - 2, SEGMENT + 2), st.integers(2 * SEGMENT - 2, 2 * SEGMENT + 2))


def key_of(identifier: str) -> bytes:
    assert identifier == KEY_ID
    return KEY


@settings(max_examples=60)
@given(sizes, st.lists(st.tuples(st.integers(0, 3 * SEGMENT), st.integers(-1, 2 * SEGMENT)), max_size=6))
def test_reading_at_any_place_gives_the_plain_bytes(size: int, reads: list[tuple[int, int]]) -> None:
    plain = (bytes(range(251)) * (size // 251 + 1))[:size]
    sealed = seal(plain, "objects/a", KEY_ID, KEY)
    assert unseal(sealed, "objects/a", key_of) == plain
    with open_sealed(io.BytesIO(sealed), "objects/a", key_of) as file, io.BytesIO(plain) as truth:
        for place, count in reads:
            assert file.seek(place) == truth.seek(place)
            assert file.read(count) == truth.read(count)
        assert file.seek(0, os.SEEK_END) == size


@settings(max_examples=60)
@given(sizes, st.data())
def test_no_changed_byte_is_given_back(size: int, chance: st.DataObject) -> None:
    sealed = bytearray(seal(bytes(size), "a", KEY_ID, KEY))
    sealed[chance.draw(st.integers(16, len(sealed) - 1))] ^= chance.draw(st.integers(1, 255))
    with pytest.raises(Corrupt):
        unseal(bytes(sealed), "a", key_of)


@settings(max_examples=60)
@given(sizes, st.data())
def test_no_object_that_was_cut_off_is_given_back(size: int, chance: st.DataObject) -> None:
    sealed = seal(bytes(size), "a", KEY_ID, KEY)
    with pytest.raises(Corrupt):
        unseal(sealed[: chance.draw(st.integers(HEADER, len(sealed) - 1))], "a", key_of)


def test_a_last_segment_that_was_cut_to_the_length_of_an_empty_one_is_found() -> None:
    sealed = seal(bytes(2 * SEGMENT + 1), "a", KEY_ID, KEY)
    with pytest.raises(Corrupt):
        unseal(sealed[:-1], "a", key_of)


def test_segments_that_change_places_are_found() -> None:
    sealed = seal(os.urandom(3 * SEGMENT), "a", KEY_ID, KEY)
    first, second = sealed[HEADER : HEADER + WHOLE], sealed[HEADER + WHOLE : HEADER + 2 * WHOLE]
    with pytest.raises(Corrupt):
        unseal(sealed[:HEADER] + second + first + sealed[HEADER + 2 * WHOLE :], "a", key_of)
    with pytest.raises(Corrupt):  # cut off at the end of a segment
        unseal(sealed[: HEADER + 2 * WHOLE], "a", key_of)


def test_an_object_in_another_ones_place_is_found() -> None:
    with pytest.raises(Corrupt, match="objects/b"):
        unseal(seal(b"text", "objects/a", KEY_ID, KEY), "objects/b", key_of)


def test_equal_bytes_are_sealed_differently_each_time() -> None:
    assert seal(b"text", "a", KEY_ID, KEY)[HEADER:] != seal(b"text", "a", KEY_ID, KEY)[HEADER:]


@pytest.fixture
def encrypted(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Root]:
    """Opens an encrypted root, each time as a process of its own would."""
    monkeypatch.setenv("TEST_KEK", "5a" * 32)
    root = Root(uri)
    _ = root.vault
    root.keychain.change(lambda held: held, "env:TEST_KEK")
    made = root.keychain.new_data_key(datetime.now(UTC))
    root.keychain.change(lambda held: held.model_copy(update={"keys": (made,)}))
    return lambda: Root(uri)


def test_a_sealed_root_reads_as_before_and_holds_no_plain_byte(encrypted: Callable[[], Root]) -> None:
    table = pa.table({"doc_id": ["a" * 32], "text": ["a plain sentence of somebody"]})
    schema = pa.schema([("doc_id", pa.string()), ("text", pa.string())])
    stored = encrypted().lake.write(table, schema)
    root = encrypted()
    assert root.lake.read(stored, schema) == table
    assert root.lake.find(stored, schema, "a" * 32) == table
    root.lake.verify(stored)
    raw = root.stored.read(stored.key)
    assert raw.startswith(b"MUNISEAL") and b"plain" not in raw and b"PAR1" not in raw


def test_every_way_of_writing_is_sealed_and_conditional_writes_still_hold(encrypted: Callable[[], Root]) -> None:
    root = encrypted()
    assert root.objects.put("reviews/one", b"first") and not root.objects.put("reviews/one", b"second")
    root.objects.replace("principals.toml", b"one", "")
    root.objects.replace("principals.toml", b"two", root.objects.read_tagged("principals.toml")[1])
    assert (encrypted().objects.read("reviews/one"), encrypted().objects.read("principals.toml")) == (b"first", b"two")
    assert all(root.stored.read(key).startswith(b"MUNISEAL") for key in ("reviews/one", "principals.toml"))


def test_plain_and_sealed_objects_lie_side_by_side_until_all_are_sealed(encrypted: Callable[[], Root]) -> None:
    root = encrypted()
    root.stored.put("objects/old", b"written before")
    root.objects.put("objects/new", b"written since")
    assert list(root.objects.stale()) == ["objects/old"]
    assert root.objects.read("objects/old") == root.objects.open("objects/old").read() == b"written before"
    assert root.objects.reseal("objects/old") and not list(root.objects.stale())
    assert encrypted().objects.open("objects/old").read() == b"written before"


def test_nothing_is_sealed_that_is_not_ours_or_is_needed_without_a_key(encrypted: Callable[[], Root]) -> None:
    assert not any(
        map(covered, ("root.json", "encryption.json", "keys/keyring.json", "lineage.duckdb", "prefect/prefect.db", "ledger/1"))
    )
    assert all(
        map(
            covered,
            ("objects/ab/c.parquet", "scratch/a", "registry/handbook.toml", "erasures/a/request.json", "captures/a/b/0.json"),
        )
    )


def test_a_key_that_was_destroyed_opens_nothing(encrypted: Callable[[], Root]) -> None:
    root = encrypted()
    root.objects.put("objects/a", b"text")
    root.keychain.change(lambda held: Encryption(kek=held.kek))
    with pytest.raises(NotFound, match="destroyed"):
        encrypted().objects.read("objects/a")


def test_wrapped_keys_of_another_root_open_nothing(encrypted: Callable[[], Root], tmp_path: Path) -> None:
    from muniment.errors import Forbidden

    other = Root(str(tmp_path / "other"))
    other.stored.put("root.json", b'{"format":1,"key_id":"' + b"0" * 16 + b'"}')
    other.stored.put("encryption.json", encrypted().stored.read("encryption.json"))
    with pytest.raises(Forbidden, match="not the one"):
        other.objects.put("objects/a", b"text")


def test_no_key_stands_in_the_root(encrypted: Callable[[], Root]) -> None:
    root = encrypted()
    key = root.keychain.data_key(root.keychain.sealing())
    held = b"".join(root.stored.read(each) for each in root.stored.list("") if not each.startswith("keys/"))
    assert key not in held and key.hex().encode() not in held and b"5a5a" not in held
