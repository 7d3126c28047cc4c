"""Parquet by our rules: nothing lingers, equal tables have equal digests."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muniment.errors import Corrupt, NotFound
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.store.lake import Lake
from muniment.store.objects import Objects


def documents(count: int = 20) -> pa.Table:
    rows = [
        {
            **{field.name: "x" for field in DOCUMENT if field.type == pa.string()},
            "doc_id": f"{number:032x}",
            "native_key": f"mail/jo.smith-{number}@example.com",
            "byte_size": 5,
            "transforms": ["a@1"],
            "text": f"text of {number} " * 50,
        }
        for number in range(count)
    ]
    return pa.Table.from_pylist(rows, DOCUMENT)


def test_a_table_comes_back_as_it_was(objects: Objects) -> None:
    lake, table = Lake(objects), documents()
    stored = lake.write(table, DOCUMENT)
    assert stored.rows == 20
    assert lake.read(stored, DOCUMENT).equals(table)
    assert lake.read(stored, DOCUMENT, ["text"]).column_names == ["text"]


def test_equal_tables_are_one_object(objects: Objects) -> None:
    lake = Lake(objects)
    assert lake.write(documents(), DOCUMENT) == lake.write(
        pa.concat_tables([documents(20).slice(0, 7), documents(20).slice(7)]), DOCUMENT
    )
    assert len(list(objects.list("objects/"))) == 1


def test_one_document_is_found(objects: Objects) -> None:
    lake = Lake(objects)
    stored = lake.write(documents(), DOCUMENT)
    assert (
        lake.find(stored, DOCUMENT, f"{7:032x}", ["doc_id", "text"]).to_pylist()
        == documents().slice(7, 1).select(["doc_id", "text"]).to_pylist()
    )
    assert lake.find(stored, DOCUMENT, "f" * 32).num_rows == 0


def test_no_dictionary_statistic_or_metadata_holds_a_value(objects: Objects) -> None:
    stored = Lake(objects).write(documents(), DOCUMENT)
    metadata = pq.ParquetFile(objects.open(stored.key)).metadata
    assert metadata.metadata is None
    for number in range(metadata.num_columns):
        column = metadata.row_group(0).column(number)
        if column.path_in_schema in ("text", "native_key", "path", "title", "entry"):
            assert not column.is_stats_set
            assert not column.has_dictionary_page


def test_changed_bytes_are_refused(objects: Objects) -> None:
    lake = Lake(objects)
    stored = lake.write(documents(), DOCUMENT)
    payload = bytearray(objects.read(stored.key))
    payload[200] ^= 0xFF
    objects.delete(stored.key)
    objects.put(stored.key, bytes(payload))
    with pytest.raises(Corrupt):
        lake.verify(stored)


def test_truncated_bytes_are_refused(objects: Objects) -> None:
    lake = Lake(objects)
    stored = lake.write(documents(), DOCUMENT)
    payload = objects.read(stored.key)
    objects.delete(stored.key)
    objects.put(stored.key, payload[: len(payload) // 2])
    with pytest.raises(Corrupt):
        lake.read(stored, DOCUMENT)


def test_a_missing_object_is_named(objects: Objects) -> None:
    lake = Lake(objects)
    stored = lake.write(FINDING.empty_table(), FINDING)
    objects.delete(stored.key)
    with pytest.raises(NotFound, match=stored.digest):
        lake.read(stored, FINDING)
