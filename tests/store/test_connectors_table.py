"""Tables of documents in the three formats, sound and broken."""

import csv
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muniment.errors import InvalidRecord, RegistryError
from muniment.schemas.source import Kind, Mapping, Selection, Source
from muniment.store.connectors import connect
from muniment.store.connectors.item import Item, Reading

COLUMNS = Mapping(text="body", key="id", title="name", modified="when", licence="rights", acl="groups")
ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "body": "first text",
        "name": "One",
        "when": "2024-05-06T07:08:09Z",
        "rights": "MIT",
        "groups": "staff;legal",
        "lang": "en",
        "x": 1,
    },
    {
        "id": "b",
        "body": "zweiter Text",
        "name": "Zwei",
        "when": "2024-05-07",
        "rights": "CC0-1.0",
        "groups": "",
        "lang": "de",
        "x": 2,
    },
    {"id": "c", "body": "third text", "name": "Three", "when": "1715000000", "rights": "", "groups": "staff", "lang": "en", "x": 3},
]


def source(location: Path, columns: Mapping = COLUMNS, **select: Any) -> Source:
    return Source(
        id="rows", kind=Kind.TABLE, location=str(location), owner="ann", steward="bob", columns=columns, select=Selection(**select)
    )


def readings(location: Path, columns: Mapping = COLUMNS, **select: Any) -> list[Reading]:
    connector = connect(source(location, columns, **select))
    return [reading for entry in connector.list() for reading in connector.read(entry)]


def summary(found: list[Reading]) -> list[str]:
    return [each.native_key if isinstance(each, Item) else each.reason for each in found]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame(rows).write_parquet(path, row_group_size=2)
    elif path.suffix == ".csv":
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(params=["rows.parquet", "rows.jsonl", "rows.csv"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / request.param, ROWS)


def test_mapped_columns_become_documents_whatever_the_format(table: Path) -> None:
    found = [each for each in readings(table) if isinstance(each, Item)]
    assert [each.native_key for each in found] == [f"{table.name}#{key}" for key in "abc"]
    assert [each.raw.decode() for each in found] == ["first text", "zweiter Text", "third text"]
    assert [each.title for each in found] == ["One", "Zwei", "Three"]
    assert [str(each.modified) for each in found] == [
        "2024-05-06 07:08:09+00:00",
        "2024-05-07 00:00:00+00:00",
        "2024-05-06 12:53:20+00:00",
    ]
    assert [each.declared_licence or "" for each in found] == ["MIT", "CC0-1.0", ""]
    assert [each.acl for each in found] == [("legal", "staff"), (), ("staff",)]


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl"])
@pytest.mark.parametrize("held", ["X-Robots-Tag: noai\r\n", {"X-Robots-Tag": "noai"}, [{"name": "X-Robots-Tag", "value": "noai"}]])
def test_a_mapped_column_of_response_headers_is_kept_as_it_is_or_as_json(tmp_path: Path, name: str, held: Any) -> None:
    found = readings(write(tmp_path / name, [{"body": "text", "head": held}]), Mapping(text="body", headers="head"))
    assert [each.headers for each in found if isinstance(each, Item)] == [held if isinstance(held, str) else json.dumps(held)]


def test_headers_that_are_neither_text_nor_json_are_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "rows.jsonl", [{"body": "text", "head": 7}])
    assert summary(readings(table, Mapping(text="body", headers="head"))) == ["WRONG_TYPE"]


def test_the_row_filter_is_a_sql_condition(table: Path) -> None:
    where = "lang = 'en' AND CAST(x AS BIGINT) > 1"
    assert summary(readings(table, where=where)) == [f"{table.name}#c"]


def test_without_a_key_column_rows_keep_their_number_under_a_filter(table: Path) -> None:
    found = readings(table, Mapping(text="body"), where="lang = 'de'")
    assert summary(found) == [f"{table.name}#2"]


def test_caps_count_rows(table: Path) -> None:
    assert summary(readings(table, max_documents=2)) == [f"{table.name}#a", f"{table.name}#b"]
    assert summary(readings(table, max_bytes=11, include=("*",)))[1] == "TOO_LARGE"


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv"])
def test_a_mapped_column_that_is_not_there_is_refused_by_name(tmp_path: Path, name: str) -> None:
    [refusal] = readings(write(tmp_path / name, ROWS), Mapping(text="nothing"))
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "MISSING_COLUMN" and "nothing" in str(refusal)


def test_a_table_in_a_folder_is_an_entry_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "b.csv", ROWS[:1])
    write(tmp_path / "a.jsonl", ROWS[1:])
    assert summary(readings(tmp_path)) == ["a.jsonl#b", "a.jsonl#c", "b.csv#a"]


@pytest.mark.parametrize(
    ("columns", "select", "words"),
    [
        (Mapping(), {}, "no text column"),
        (Mapping(text="body", title="name"), {"fields": ("body",)}, "name"),
        (Mapping(text="body"), {"where": "lang = = 'en'"}, "SQL"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_source(table: Path, columns: Mapping, select: dict[str, Any], words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        readings(table, columns, **select)


def test_a_filter_that_does_not_fit_the_types_is_a_refusal_not_a_silent_pass(tmp_path: Path) -> None:
    table = write(tmp_path / "rows.parquet", ROWS)
    assert summary(readings(table, where="x > 'much'")) == ["WRONG_TYPE"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "x", "id": "y", "body": "t"}', "DUPLICATE_JSON_KEY"),
        ('{"id": "x", "body": "t", "b\\u043edy": "u"}', "LOOKALIKE_JSON_KEY"),
        ('{"id": NaN, "body": "t"}', "NOT_FINITE"),
        ('{"id": "x", "body": 17}', "WRONG_TYPE"),
        ('{"id": {"a": 1}, "body": "t"}', "WRONG_TYPE"),
        ('{"id": true, "body": "t"}', "WRONG_TYPE"),
        ('{"id": "x", "body": "t", "groups": [1]}', "WRONG_TYPE"),
        ('{"id": "x", "body": "t", "name": ["n"]}', "WRONG_TYPE"),
        ('{"id": "x", "body": ""}', "EMPTY"),
        ('{"id": "x"}', "EMPTY"),
        ('{"id": "x", "body": "t\\udc00"}', "INVALID_UNICODE"),
        ('"just text"', "WRONG_TYPE"),
        ('{"id": "x", "body"', "TRUNCATED"),
        ("{" * 50_000, "MALFORMED"),
        ('{"id": ' + "[" * 50_000, "TOO_DEEP"),
    ],
)
def test_a_hostile_line_is_set_aside_and_its_neighbours_are_read(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([json.dumps(ROWS[0]), line, json.dumps(ROWS[1])]))
    assert summary(readings(path)) == ["rows.jsonl#a", reason, "rows.jsonl#b"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"x,too few\n", "WRONG_SHAPE"),
        (b'x,"bad" quote,\n', "MALFORMED"),
        (b"x,caf\xe9,n\n", "BAD_ENCODING"),
        (b"x,nul \0 byte,n\n", "NUL_BYTES"),
        (b"x," + b"y" * 100_000 + b",n\n", "TOO_LARGE"),
        (b"x,,n\n", "EMPTY"),
    ],
)
def test_a_hostile_csv_row_is_set_aside_and_its_neighbours_are_read(tmp_path: Path, row: bytes, reason: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b'\xef\xbb\xbfid,body,name\na,"first\n""text""",n\n' + row + b"b,last,n\n")
    found = readings(path, Mapping(text="body", key="id"), max_bytes=10_000)
    assert summary(found) == ["rows.csv#a", reason, "rows.csv#b"]
    assert isinstance(found[0], Item) and found[0].raw == b'first\n"text"'


@pytest.mark.parametrize("header", ["id,body,body", "id,body,bоdy"])
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path: Path, header: str) -> None:
    (tmp_path / "rows.csv").write_text(f"{header}\n1,2,3\n")
    assert summary(readings(tmp_path, Mapping(text="body")))[0] in ("DUPLICATE_JSON_KEY", "LOOKALIKE_JSON_KEY")


def test_a_truncated_parquet_file_is_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-50])
    assert summary(readings(path)) == ["TRUNCATED"]


def test_damaged_parquet_pages_are_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", ROWS)
    raw = bytearray(path.read_bytes())
    raw[4:200] = os.urandom(1) * 196
    path.write_bytes(raw)
    assert "MALFORMED" in summary(readings(path))


def test_a_large_table_is_read_in_little_memory(tmp_path: Path) -> None:
    texts = pa.array([f"{n} " + "some words " * 200 for n in range(20_000)])
    pq.write_table(pa.table({"body": texts}), tmp_path / "rows.parquet", row_group_size=5_000)
    del texts
    connector = connect(source(tmp_path, Mapping(text="body")))
    [entry] = connector.list()
    next(iter(connector.read(entry)))  # imports are not what is measured
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    count, arrow = 0, 0
    for _ in connector.read(entry):
        count += 1
        arrow = max(arrow, pa.total_allocated_bytes() - before) if count % 1_000 == 0 else arrow
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 30_000_000 and arrow < 40_000_000  # of 44 MB of text


def test_a_long_value_repeated_by_a_dictionary_does_not_fill_memory(tmp_path: Path) -> None:
    indices, values = pa.array([0] * 300 + [1], pa.int32()), pa.array(["x" * 5_000_000, "short text"])
    table = pa.table({"body": pa.DictionaryArray.from_arrays(indices, values)})
    pq.write_table(table, tmp_path / "rows.parquet", dictionary_pagesize_limit=1 << 30, store_schema=False)
    reasons, largest, before = set(), 0, pa.total_allocated_bytes()
    connector = connect(source(tmp_path, Mapping(text="body"), max_bytes=1_000_000))
    [entry] = connector.list()
    for reading in connector.read(entry):  # 1.5 GB, were it unfolded
        reasons.add(reading.reason if isinstance(reading, InvalidRecord) else reading.native_key)
        largest = max(largest, pa.total_allocated_bytes())
    assert reasons == {"TOO_LARGE", "rows.parquet#301"}
    assert largest - before < 100_000_000
