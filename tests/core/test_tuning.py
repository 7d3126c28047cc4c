"""Choosing on labelled queries."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.tuning import choose, crossfitted


def drawn(gains: list[float], queries: int = 400, seed: int = 0) -> np.ndarray:
    """Figures of ways that gain so much over the first, with the noise of real queries."""
    chance = np.random.default_rng(seed)
    hard = chance.random(queries)
    return np.array([hard, *(hard + gain + chance.normal(0, 0.3, queries) for gain in gains)])


def test_a_real_gain_is_chosen_and_the_best_of_several() -> None:
    assert choose(drawn([0.02, 0.2, 0.1])) == 2
    assert set(crossfitted(drawn([0.02, 0.2, 0.1]), 5).tolist()) == {2}


def test_what_loses_or_gains_by_chance_alone_is_not_chosen() -> None:
    assert choose(drawn([-0.1, -0.02])) == 0
    chosen = [choose(drawn([0.0] * 10, seed=seed)) for seed in range(300)]
    assert np.mean(np.array(chosen) > 0) <= 0.06


@given(st.integers(1, 5), st.integers(0, 12), st.integers(1, 6))
def test_every_query_gets_a_way_that_was_not_chosen_on_it(ways: int, queries: int, folds: int) -> None:
    figures = np.random.default_rng(queries).random((ways, queries))
    chosen = crossfitted(figures, folds)
    assert chosen.shape == (queries,)
    for fold in np.array_split(np.arange(queries), min(folds, queries)) if queries else []:
        assert set(chosen[fold].tolist()) == {choose(np.delete(figures, fold, axis=1))}
