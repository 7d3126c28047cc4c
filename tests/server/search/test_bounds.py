"""The token bucket, the grid of time, and settings: properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import PolicyError
from muniment.server.search.limits import Limits
from muniment.server.search.pace import left
from muniment.server.search.settings import given as settings_of

gaps = st.lists(st.floats(0, 5), min_size=1, max_size=60)


@given(rate=st.floats(0.1, 50), burst=st.integers(1, 20), gaps=gaps)
def test_no_more_than_a_burst_and_the_rate_is_ever_let_through(rate: float, burst: int, gaps: list[float]) -> None:
    limits, now, taken = Limits(rate, burst, 1), 0.0, 0
    for gap in gaps:
        now += gap
        taken += limits.take("dana", now) == 0
        assert taken <= burst + rate * now + 1e-6


@given(rate=st.floats(0.1, 50), burst=st.integers(1, 5))
def test_whoever_waits_as_long_as_told_is_let_through(rate: float, burst: int) -> None:
    limits, now = Limits(rate, burst, 1), 0.0
    for _ in range(burst + 3):
        if after := limits.take("dana", now):
            assert after <= 1 / rate + 1e-9
            now += after + 1e-6
            assert limits.take("dana", now) == 0


@given(takes=st.lists(st.booleans(), max_size=40), together=st.integers(1, 4))
def test_answers_under_way_never_exceed_their_bound(takes: list[bool], together: int) -> None:
    limits, under_way = Limits(1, 1, together), 0
    for begin in takes:
        if begin:
            under_way += limits.begin("dana", 0.0)
        elif under_way:
            limits.end("dana")
            under_way -= 1
        assert under_way <= together


def test_callers_are_forgotten_but_not_while_something_of_theirs_is_under_way() -> None:
    limits = Limits(1, 1, 1)
    assert limits.begin("dana", 0.0)
    for number in range(12_000):
        limits.take(f"caller {number}", float(number))
    assert not limits.begin("dana", 12_000.0)
    assert limits.take("caller 11999", 11_999.0) > 0 and limits.take("caller 3", 3.0) == 0


@given(took=st.floats(0, 20), grid=st.floats(0.001, 1))
def test_answers_leave_on_the_grid_and_never_a_slot_late(took: float, grid: float) -> None:
    leaves = took + left(took, grid)
    assert leaves >= took and leaves - took <= grid * (1 + 1e-9)
    assert abs(leaves / grid - round(leaves / grid)) < 1e-6


def test_without_a_grid_nothing_waits() -> None:
    assert left(0.0123, 0) == 0


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"threads": 0}, {"no_such": 1}, {"pace_ms": -1}, {"body": 1}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match="settings"):
        settings_of(wrong)
