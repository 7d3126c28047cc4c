"""Segments of the band index: columns over a mapped file, whole or refused."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from muniment.errors import Corrupt, NotFound
from muniment.schemas.stored import Stored
from muniment.store.objects import Objects
from muniment.store.segments import Segments

ROWS = 5_000


def table(rows: int = ROWS) -> pa.Table:
    """One column of each type that a segment may have."""
    chance = np.random.default_rng(5)
    words = [chance.bytes(32) for _ in range(rows)]
    return pa.table(
        {
            "key": pa.array(chance.integers(0, 2**32, rows), pa.uint32()),
            "count": pa.array(np.arange(rows), pa.int32()),
            "hash": pa.array(chance.integers(0, 2**64, rows, dtype=np.uint64)),
            "share": pa.array(chance.random(rows)),
            "sketch": pa.array(words, pa.binary(32)),
            "flag": pa.array([number % 3 == 0 for number in range(rows)]),
            "name": pa.array([None if number % 7 == 0 else f"näme {number}" for number in range(rows)]),
        }
    )


def garble(objects: Objects, stored: Stored, payload: bytes) -> None:
    key = Segments(objects).key(stored.digest)
    objects.delete(key)
    objects.put(key, payload)


def payload_of(objects: Objects, stored: Stored) -> bytes:
    return objects.read(Segments(objects).key(stored.digest))


def test_a_segment_comes_back_column_by_column(objects: Objects) -> None:
    segments, made = Segments(objects), table()
    stored = segments.write(made)
    segment = segments.open(stored)
    assert stored.rows == ROWS and segment.table.equals(made)
    for name in ("key", "count", "hash", "share"):
        assert np.array_equal(segment.array(name), made[name].to_numpy())
    assert segment.array("sketch").tobytes() == b"".join(made["sketch"].to_pylist())
    assert segment.array("sketch").shape == (ROWS, 32)


def test_chunks_slices_and_metadata_leave_no_trace(objects: Objects) -> None:
    segments, made = Segments(objects), table()
    pieces = pa.concat_tables([made.slice(0, 1_234), made.slice(1_234)]).replace_schema_metadata({"by": "somebody"})
    assert segments.write(pieces) == segments.write(made)
    assert list(segments.names()) == [segments.write(made).digest]
    half = segments.open(segments.write(made.slice(ROWS // 2)))
    assert half.array("count")[0] == ROWS // 2 and half.array("sketch")[0].tobytes() == made["sketch"][ROWS // 2].as_py()


def test_a_column_is_an_array_over_the_file_and_cannot_be_written(objects: Objects) -> None:
    segments = Segments(objects)
    segment = segments.open(segments.write(table()))
    with pytest.raises(ValueError, match="read-only"):
        segment.array("key")[0] = 7
    assert np.shares_memory(segment.array("sketch"), segment.array("sketch"))


def test_letting_go_of_pages_loses_nothing(objects: Objects) -> None:
    segments, made = Segments(objects), table()
    segment = segments.open(segments.write(made))
    hashes, sketch = segment.array("hash"), segment.array("sketch")
    for _ in range(3):
        segment.release()
        assert np.array_equal(hashes, made["hash"].to_numpy()) and segment.table.equals(made)
        assert sketch[ROWS - 1].tobytes() == made["sketch"][ROWS - 1].as_py()


def test_an_open_segment_outlives_its_removal(objects: Objects) -> None:
    segments, made = Segments(objects), table()
    stored = segments.write(made)
    segment = segments.open(stored)
    segments.remove(stored.digest)
    segment.release()
    assert segment.table.equals(made) and list(segments.names()) == []
    with pytest.raises(NotFound):
        segments.open(stored)


def test_a_copy_of_what_lies_elsewhere_has_no_name(objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    segments = Segments(objects)
    segment = segments.open(segments.write(table()))
    assert segment.table.num_rows == ROWS and list(folder.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.9, 0.9999])
def test_a_segment_that_was_cut_short_is_refused_with_what_to_do(objects: Objects, share: float) -> None:
    segments = Segments(objects)
    stored = segments.write(table())
    garble(objects, stored, payload_of(objects, stored)[: int(stored.bytes * share)])
    with pytest.raises(Corrupt, match=f"{stored.digest}.*muniment duplicates rescan"):
        segments.open(stored)


def test_a_segment_whose_footer_was_garbled_is_refused_or_whole(objects: Objects) -> None:
    """The footer says where columns lie: what it says must never be followed blindly."""
    segments = Segments(objects)
    stored = segments.write(table(50))
    payload, refused = payload_of(objects, stored), 0
    for place in range(len(payload) - 700, len(payload), 11):
        garble(objects, stored, payload[:place] + bytes([payload[place] ^ 0xFF]) + payload[place + 1 :])
        try:
            segments.open(stored)
        except Corrupt as error:
            assert "muniment duplicates rescan" in str(error)
            refused += 1
    assert refused > 20


def test_what_never_was_a_segment_is_refused(objects: Objects) -> None:
    segments = Segments(objects)
    stored = segments.write(table())
    for payload in (b"", b"ARROW1", b"\0" * 4096, b"PAR1" * 1000):
        garble(objects, stored, payload)
        with pytest.raises(Corrupt):
            segments.open(stored)


def test_a_changed_byte_is_found_when_digests_are_recomputed(objects: Objects) -> None:
    segments = Segments(objects)
    stored = segments.write(table(100))
    segments.verify(stored.digest)
    payload = bytearray(payload_of(objects, stored))
    payload[len(payload) // 2] ^= 1
    garble(objects, stored, bytes(payload))
    with pytest.raises(Corrupt, match="rescan"):
        segments.verify(stored.digest)
