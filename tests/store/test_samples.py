"""Samples of structured files: bounded, spread, always the same, and nothing of columns that may not be taken."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muniment.schemas.source import Kind, Mapping, Selection, Source
from muniment.store.connectors import connect
from muniment.store.connectors.samples import Sample, sample, structured

ROWS = [{"id": at, "body": f"text {at}", "who": {"mail": f"a{at}@x.org", "tags": ["p", "q"]}} for at in range(3000)]


def source(location: Path, kind: Kind = Kind.TABLE, columns: Mapping = Mapping(text="body", key="id"), **select: Any) -> Source:
    return Source(id="rows", kind=kind, location=str(location), owner="o", steward="d", columns=columns, select=Selection(**select))


def sampled(given: Source, rows: int = 100) -> list[Sample]:
    return list(sample(given, structured(given, list(connect(given).list())), rows))


def values(found: list[Sample], name: str) -> list[Any]:
    return [
        value for each in found if name in each.table.column_names for value in each.table[name].to_pylist() if value is not None
    ]


def write(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=100)
    elif path.suffix == ".csv":
        with path.open("w") as file:
            csv.writer(file).writerows([["id", "body"], *([row["id"], f"text\n{row['id']}"] for row in ROWS)])
    else:
        path.write_text(json.dumps(ROWS, indent=1) if path.suffix == ".json" else "\n".join(map(json.dumps, ROWS)))
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.jsonl", "a.json"])
def test_rows_come_from_all_over_the_file_and_are_the_same_each_time(tmp_path: Path, name: str) -> None:
    given = source(write(tmp_path / name))
    ids = [int(each) for each in values(sampled(given), "id")]
    assert 80 <= len(ids) <= 110 and max(ids) > 2000 and min(ids) == 0
    assert ids == [int(each) for each in values(sampled(given), "id")]


def test_uses_tell_what_a_source_makes_of_its_columns(tmp_path: Path) -> None:
    given = source(write(tmp_path / "a.parquet"), columns=Mapping(text="body", key="id", title="body"), where="id > 5")
    assert sampled(given)[0].uses == {"id": ("key", "filter"), "body": ("text", "title"), "who": ()}


def test_of_columns_that_may_not_be_taken_no_value_is_read(tmp_path: Path) -> None:
    for name in ("a.parquet", "a.jsonl", "a.csv"):
        found = sampled(source(write(tmp_path / name), fields=("body", "id")))
        assert values(found, "body") and not values(found, "who") and not values(found, "who.mail")
    assert "who" in sampled(source(tmp_path / "a.parquet", fields=("body", "id")))[0].table.column_names


def test_nested_json_and_mixed_types_become_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"a": {"b": 1}, "c": [1, "x", {"d": true}]}\nnonsense\n{"a": 2, "c": null}\n{"a": {"b": 1e400}}\n'
    )
    found = sampled(source(tmp_path / "a.jsonl"))
    assert {name: values(found, name) for each in found for name in each.table.column_names} == {
        "a.b": [1], "c": ["1", "x"], "c.d": [True], "a": [2],
    }  # fmt: skip


def test_a_broken_file_gives_nothing_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no table")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    write(tmp_path / "c.jsonl")
    assert values(sampled(source(tmp_path)), "body")


def test_of_a_folder_records_are_sampled_and_documents_are_not(tmp_path: Path) -> None:
    write(tmp_path / "contacts.csv")
    (tmp_path / "readme.md").write_text("# Hello")
    (tmp_path / "tickets.json").write_text(json.dumps([{"id": 1, "title": "t", "body": "b", "priority": "high"}]))
    found = sampled(source(tmp_path, Kind.FOLDER, Mapping()))
    uses = {name: each.uses[name] for each in found for name in each.table.column_names}
    assert uses["title"] == ("title", "text") and uses["priority"] == () and "key" in uses["id"]


def test_many_columns_leave_few_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({f"c{at}": list(range(1000)) for at in range(1000)}), tmp_path / "wide.parquet")
    (found,) = sampled(source(tmp_path), 1000)
    assert found.table.num_rows == 50


def test_a_dictionary_of_large_values_is_read_in_small_pieces(tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["x" * 2_000_000] * 200}), tmp_path / "bomb.parquet")
    assert all(
        each.table.nbytes < 80_000_000
        for each in sample(source(tmp_path), structured(source(tmp_path), list(connect(source(tmp_path)).list())), 100)
    )
