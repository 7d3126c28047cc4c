"""Numbers in a file without a name: none is lost, nothing stays behind."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests import twins as plain

from muniment.core import twins
from muniment.evaluate.twins import PLAIN
from muniment.store.spool import FileSpool

COUNT = 1 << 20


def test_values_stay_whatever_is_let_go_of() -> None:
    spool, expected = FileSpool(), np.random.default_rng(1).integers(0, 2**64, COUNT, dtype=np.uint64)
    room = spool.room(COUNT)
    for first in range(0, COUNT, COUNT // 32):  # pages are let go of at every eighth call
        room[first : first + COUNT // 32] = expected[first : first + COUNT // 32]
        spool.release()
    assert np.array_equal(room, expected)
    for _ in range(8):
        spool.release()
    assert np.array_equal(room, expected)


def test_what_was_not_written_is_zero_and_takes_no_disk() -> None:
    room = FileSpool().room(1 << 36)  # half a terabyte
    room[1 << 35] = 7
    assert room[(1 << 36) - 1] == 0 and room[1 << 35] == 7


def test_no_file_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = FileSpool()
    room = spool.room(COUNT)
    room[:] = 1
    spool.release()
    assert list(tmp_path.iterdir()) == [] and int(room.sum()) == COUNT


def test_letting_go_before_there_is_room_is_nothing() -> None:
    spool = FileSpool()
    for _ in range(20):
        spool.release()
    assert len(spool.room(3)) == 3


def test_a_search_over_a_file_decides_as_one_in_memory() -> None:
    chance = np.random.default_rng(3)
    bases = [[f"w{word}" for word in chance.integers(0, 4000, 80)] for _ in range(40)]
    texts = [" ".join(bases[n % 40][: 80 - n % 7]) for n in range(400)]
    documents, signatures = plain.table(texts), twins.detector().detect(plain.table(texts))
    found = list[pa.Table]()
    for spool in (FileSpool(), twins.Memory()):
        search = twins.Search(plain.subjects(documents), signatures, PLAIN, spool)
        for first in range(0, 400, 25):
            search.add(documents["doc_id"].slice(first, 25), documents["text"].slice(first, 25))
        found.append(search.twins())
    assert found[0].equals(found[1]) and found[0].num_rows >= 300
