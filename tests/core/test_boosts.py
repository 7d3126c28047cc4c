"""Freshness and authority."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import boosts


@given(st.floats(-1e4, 1e5), st.floats(0.1, 1e4), st.floats(0, 1))
def test_freshness_falls_from_one_to_the_floor(age: float, half_life: float, floor: float) -> None:
    ages = np.array([age, age + half_life, np.nan])
    now, later, unknown = boosts.freshness(ages, half_life, floor)
    assert floor - 1e-12 <= later <= now <= 1
    assert unknown == floor
    if age >= 0:
        assert later - floor == pytest.approx((now - floor) / 2, abs=1e-9)


def test_authority_is_neutral_in_the_middle() -> None:
    assert [boosts.authority(rank, 0.2) for rank in (0, 50, 100)] == pytest.approx([0.8, 1.0, 1.2])
