"""Which objects can hold a document: never one too few, and nothing left of an object that is gone."""

from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.store.folder import FolderObjects
from muniment.store.holdings import Holdings, starts

ids = st.text("0123456789abcdef", min_size=32, max_size=32)
# What a column that names documents can hold: an id, a citation that begins with one, nothing, a name of something else.
values = st.one_of(ids, ids.map(lambda name: f"{name}:3"), st.none(), st.sampled_from(["", "vendored", "é" * 32, "g" * 32]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(values, max_size=12), min_size=1, max_size=5), st.data())
def test_no_object_that_names_a_document_is_missed(tmp_path: Path, columns: list[list[str | None]], data: st.DataObject) -> None:
    held = Holdings(FolderObjects(str(tmp_path / uuid4().hex)))
    for number, column in enumerate(columns):
        held.keep(f"{number:064x}", [pa.chunked_array([pa.array(column, pa.string())])])
    named = sorted(
        {
            value[:32]
            for column in columns
            for value in column
            if value and set(value[:32]) <= set("0123456789abcdef") and len(value) >= 32
        }
    )
    asked = data.draw(st.lists(st.sampled_from(named), max_size=4)) if named else []
    true = {f"{number:064x}" for number, column in enumerate(columns) if {value[:32] for value in column if value} & set(asked)}
    assert set(held.candidates(sorted(held.known()), pa.array(asked, pa.string()))) >= true


def test_an_object_that_names_nobody_is_never_opened(tmp_path: Path) -> None:
    held = Holdings(FolderObjects(str(tmp_path)))
    held.keep("a" * 64, [])
    held.keep("b" * 64, [pa.chunked_array([["1" * 32, "2" * 32]])])
    assert list(held.candidates(["a" * 64, "b" * 64], pa.array(["3" * 32]))) == []
    assert list(held.candidates(["a" * 64, "b" * 64], pa.array(["2" * 32]))) == ["b" * 64]


def test_what_is_forgotten_is_not_known(tmp_path: Path) -> None:
    held = Holdings(FolderObjects(str(tmp_path)))
    held.keep("b" * 64, [pa.chunked_array([["1" * 32]])])
    assert held.known() == {"b" * 64}
    held.forget("b" * 64)
    assert held.known() == set()


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_slice_of_a_column_starts_where_it_starts(first: int) -> None:
    column = pa.array([f"{number:032x}" for number in range(3)]).slice(first)
    assert len(starts(pa.chunked_array([column]))) == 3 - first
    high = pa.array([f"{number:016x}{0:016x}" for number in range(3)]).slice(first)
    assert starts(pa.chunked_array([high])).tolist() == list(range(first, 3))
