"""The projection: always what the ledger says, whoever asks, whatever happened to the file."""

import pytest

from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.lineage import QueryError
from muniment.store.root import Root


def write(root: Root, number: int) -> None:
    root.record(
        Draft(
            kind=EntryKind.CAPTURED,
            actor="test",
            key=str(number),
            inputs=("source:a",),
            outputs=(f"capture:{number}",),
            counts={"documents": number},
        )
    )


def test_entries_and_edges_can_be_asked_for_in_sql(uri: str) -> None:
    root = Root(uri)
    for number in range(3):
        write(root, number)
    assert root.lineage.sql("SELECT target FROM edges WHERE source = 'source:a' ORDER BY sequence")["target"].to_pylist() == [
        "capture:0",
        "capture:1",
        "capture:2",
    ]
    assert root.lineage.sql("SELECT sum(value) AS n FROM counts")["n"].to_pylist() == [3]


def test_the_same_entry_is_not_written_twice(uri: str) -> None:
    root = Root(uri)
    for _ in range(3):
        write(root, 1)
    assert root.ledger.tail() == 1


def test_a_deleted_or_damaged_projection_is_rebuilt(tmp_path) -> None:  # type: ignore[no-untyped-def]
    root = Root(str(tmp_path))
    write(root, 1)
    file = tmp_path / "lineage.duckdb"
    for damage in (file.unlink, lambda: file.write_bytes(b"not a database")):
        damage()
        assert root.lineage.sql("SELECT count(*) AS n FROM entries")["n"].to_pylist() == [1]


def test_wrong_sql_is_a_clear_error(uri: str) -> None:
    with pytest.raises(QueryError, match="Tables: entries"):
        Root(uri).lineage.sql("SELECT * FROM nothing_of_that_name")


def test_a_query_cannot_change_the_projection(uri: str) -> None:
    root = Root(uri)
    write(root, 1)
    with pytest.raises(QueryError):
        root.lineage.sql("DELETE FROM entries")


def test_a_query_cannot_read_files_of_the_machine(uri: str) -> None:
    with pytest.raises(QueryError):
        Root(uri).lineage.sql("SELECT * FROM read_csv('/etc/hostname')")
