"""Tables between steps: there while the work goes on, gone when it ends, however it ends."""

import pyarrow as pa
import pytest

from muniment.errors import NotFound
from muniment.store.objects import Objects
from muniment.store.scratch import Scratch

SCHEMA = pa.schema([pa.field("doc_id", pa.string(), nullable=False), pa.field("bin", pa.int32())])


def table(rows: int = 3) -> pa.Table:
    return pa.table({"doc_id": [f"d{number}" for number in range(rows)], "bin": pa.array(range(rows), pa.int32())}, schema=SCHEMA)


def left(objects: Objects) -> list[str]:
    return list(objects.list("scratch/"))


def test_a_table_comes_back_in_another_process_by_its_name(objects: Objects) -> None:
    with Scratch(objects, "work") as scratch:
        scratch.write("part/1", table())
        assert Scratch(objects, "work").read("part/1", SCHEMA).equals(table())
        scratch.write("part/2", table().slice(1, 1))
        assert scratch.read("part/2", SCHEMA).equals(table().slice(1, 1))
        scratch.write("none", table(0))
        assert scratch.read("none", SCHEMA).equals(SCHEMA.empty_table())
        with pytest.raises(NotFound, match="part/3"):
            scratch.read("part/3", SCHEMA)


def test_nothing_is_left_after_the_block(objects: Objects) -> None:
    with Scratch(objects, "work") as scratch:
        for number in range(3):
            scratch.write(f"keys/{number}/0", table())
        assert len(left(objects)) == 3
    assert left(objects) == []


def test_nothing_is_left_when_the_work_fails_and_the_failure_is_told(objects: Objects) -> None:
    with pytest.raises(ZeroDivisionError), Scratch(objects, "work") as scratch:
        scratch.write("part", table())
        _ = 1 // 0
    assert left(objects) == []


def test_what_a_killed_process_left_is_gone_when_the_work_starts_again(objects: Objects) -> None:
    killed = Scratch(objects, "work")
    killed.__enter__()
    killed.write("part", table(2))
    with Scratch(objects, "work") as scratch:
        assert left(objects) == []
        scratch.write("part", table(3))
        assert scratch.read("part", SCHEMA).num_rows == 3


def test_other_work_is_left_alone(objects: Objects) -> None:
    with Scratch(objects, "work") as one, Scratch(objects, "work-2") as other:
        other.write("part", table(2))
        one.write("part", table(3))
        with Scratch(objects, "wor"):
            pass
        assert other.read("part", SCHEMA).num_rows == 2 and one.read("part", SCHEMA).num_rows == 3
