"""One number for how far two distributions lie apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.drift import divergence, stability

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 1000), min_size=1)


@given(COUNTS, st.integers(1, 50))
def test_the_same_shares_do_not_differ_whatever_their_size(counts: dict[str, int], times: int) -> None:
    larger = {value: count * times for value, count in counts.items()}
    assert divergence(counts, larger) == pytest.approx(0, abs=1e-9)
    assert stability(counts, larger) == pytest.approx(0, abs=1e-9)


@given(COUNTS, COUNTS)
def test_it_lies_between_nothing_and_one_and_is_the_same_from_both_sides(first: dict[str, int], second: dict[str, int]) -> None:
    assert 0 <= divergence(first, second) <= 1
    assert divergence(first, second) == pytest.approx(divergence(second, first), abs=1e-9)
    assert stability(first, second) >= -1e-9


def test_nothing_in_common_is_one_and_half_of_it_new_is_a_third() -> None:
    assert divergence({"a": 3}, {"b": 9}) == 1
    assert divergence({"a": 10}, {"a": 10, "b": 10}) == pytest.approx(0.3113, abs=1e-4)
    assert stability({"a": 50, "b": 50}, {"a": 60, "b": 40}) == pytest.approx(0.0405, abs=1e-4)


def test_an_empty_side_has_shifted_nothing() -> None:
    assert divergence({}, {"a": 1}) == divergence({"a": 1}, {}) == stability({}, {"a": 1}) == 0
