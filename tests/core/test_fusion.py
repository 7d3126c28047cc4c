"""Reciprocal rank fusion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.fusion import combine, fuse

ranking = st.lists(st.integers(-1, 20), max_size=15).map(lambda positions: np.array(positions, dtype=np.int64))


def ranks(positions: np.ndarray) -> dict[int, int]:
    distinct = list(dict.fromkeys(position for position in positions.tolist() if position >= 0))
    return {position: rank for rank, position in enumerate(distinct, 1)}


@given(st.lists(st.tuples(ranking, st.floats(0, 5)), max_size=4), st.integers(1, 30))
def test_each_score_is_the_weighted_sum_of_reciprocal_ranks(parts: list[tuple[np.ndarray, float]], k: int) -> None:
    scores, positions = fuse([part for part, _ in parts], [weight for _, weight in parts], k)
    expected: dict[int, float] = {}
    for part, weight in parts:
        for position, rank in ranks(part).items():
            expected[position] = expected.get(position, 0.0) + weight / (60 + rank)
    assert len(positions) == min(k, len(expected)) == len(set(positions.tolist()))
    np.testing.assert_allclose(scores, [expected[position] for position in positions.tolist()], rtol=1e-12)
    np.testing.assert_allclose(scores, sorted(expected.values(), reverse=True)[:k], rtol=1e-12)


def test_agreement_beats_a_single_first_place() -> None:
    _, positions = fuse([np.array([7, 1]), np.array([8, 1])])
    assert positions.tolist() == [1, 7, 8]


def test_a_weight_decides_between_two_first_places() -> None:
    _, positions = fuse([np.array([7]), np.array([8])], weights=[1, 2])
    assert positions.tolist() == [8, 7]


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="non-negative weight"):
        fuse([np.array([1]), np.array([2])], weights)


scored = st.dictionaries(st.integers(0, 20), st.floats(0, 1), max_size=12)


@given(st.lists(st.tuples(scored, st.floats(0, 3), st.floats(0, 1)), max_size=3), st.integers(1, 30))
def test_combined_scores_are_the_weighted_sum_with_what_is_missing(
    parts: list[tuple[dict[int, float], float, float]], k: int
) -> None:
    rankings = [(np.array(list(held.values())), np.array(list(held), np.int64)) for held, _, _ in parts]
    scores, positions = combine(rankings, [weight for _, weight, _ in parts], [missing for _, _, missing in parts], k)
    every = sorted({place for held, _, _ in parts for place in held})
    expected = {place: sum(weight * held.get(place, missing) for held, weight, missing in parts) for place in every}
    assert len(positions) == min(k, len(every))
    np.testing.assert_allclose(scores, [expected[place] for place in positions.tolist()], rtol=1e-12)
    np.testing.assert_allclose(scores, sorted(expected.values(), reverse=True)[:k], rtol=1e-12)


def test_a_side_needs_a_weight_and_a_value_for_what_it_misses() -> None:
    with pytest.raises(ValueError, match="non-negative weight"):
        combine([(np.array([1.0]), np.array([1]))], [1.0], [], 3)
