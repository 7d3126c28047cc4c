"""Outliers by the median: found though they are many, none where nothing varies."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.outliers import outliers


def frame(values: list[float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"doc_id": [f"{place:04}" for place in range(len(values))], "value": values}, schema_overrides={"value": pl.Float64}
    )


def test_the_furthest_comes_first() -> None:
    found = outliers(frame([9.0, 10, 11, 10, 9, 11, 10, 90, 1000]))
    assert found["value"].to_list() == [1000, 90]


def test_a_third_of_outliers_hides_none_of_them() -> None:
    usual = [float(100 + place % 7) for place in range(20)]
    assert outliers(frame([*usual, *[900.0] * 10])).height == 10


def test_where_most_are_equal_nothing_is_far() -> None:
    assert outliers(frame([5.0] * 10 + [9.0])).is_empty()
    assert outliers(frame([])).is_empty()


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_the_unit_does_not_matter(values: list[float]) -> None:
    rounded = [round(value) for value in values]
    one, two = outliers(frame([float(value) for value in rounded])), outliers(frame([value * 2.0**10 for value in rounded]))
    assert set(one["doc_id"]) == set(two["doc_id"])
