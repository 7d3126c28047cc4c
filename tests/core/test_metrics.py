"""Figures of rankings, of their changes and of agreement."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.metrics.agreement import kappa
from muniment.core.metrics.changes import overlap, rank_biased_overlap
from muniment.core.metrics.intervals import difference, share
from muniment.core.metrics.rankings import ndcg, recall, reciprocal_rank

RANKINGS = st.lists(st.integers(0, 30), unique=True, max_size=20)
GAINS = st.lists(st.sampled_from([0.0, 1.0, 2.0]), max_size=12)


def test_a_known_ranking_has_its_known_figures() -> None:
    gains, due = [0.0, 2.0, 0.0, 1.0], [2.0, 1.0, 1.0]
    assert ndcg(gains, due, 10) == pytest.approx((2 / log2(3) + 1 / log2(5)) / (2 + 1 / log2(3) + 1 / log2(4)))
    assert recall(gains, due, 2) == pytest.approx(1 / 3) and reciprocal_rank(gains) == 0.5
    assert ndcg(gains, [], 10) == recall(gains, [], 10) == 0


@given(GAINS, st.integers(1, 12))
def test_no_order_beats_the_best_one(gains: list[float], k: int) -> None:
    due = [gain for gain in gains if gain]
    best = ndcg(sorted(gains, reverse=True), due, k)
    assert 0 <= ndcg(gains, due, k) <= best + 1e-12 and best == pytest.approx(1.0 if due else 0.0)


@given(RANKINGS, RANKINGS)
def test_overlaps_are_symmetric_shares(one: list[int], other: list[int]) -> None:
    for measure in (lambda a, b: overlap(a, b, 10), rank_biased_overlap):
        assert 0 <= measure(one, other) <= 1 and measure(one, other) == pytest.approx(measure(other, one))
    assert rank_biased_overlap(one, one) == pytest.approx(1) and overlap(one, one, 10) == 1


def test_what_changes_early_in_a_ranking_weighs_more() -> None:
    whole = list(range(10))
    early, late = [99, *whole[1:]], [*whole[:-1], 99]
    assert overlap(whole, early, 10) == overlap(whole, late, 10) == pytest.approx(0.9)
    assert rank_biased_overlap(whole, early) < rank_biased_overlap(whole, late) < 1
    assert rank_biased_overlap(whole, []) == 0 == rank_biased_overlap(whole, [50, 51])


def test_rank_biased_overlap_is_that_of_the_paper() -> None:
    # By hand, p = 0.5, S = [a, b], L = [a, c, b]: X = 1, 1, 2.
    by_hand = (0.5 + 0.25 / 2 + 0.125 * (2 / 3 + 1 * 1 / 6)) * 1 + ((2 - 1) / 3 + 1 / 2) * 0.125
    assert rank_biased_overlap("ab", "acb", 0.5) == pytest.approx(by_hand)


def test_paired_differences_are_surer_than_two_intervals() -> None:
    generator = np.random.default_rng(7)
    hard = generator.random(300)
    before, after = hard * 0.9, hard * 0.9 + 0.05
    paired = difference(after, before)
    assert paired.value == pytest.approx(0.05) and paired.low is not None and paired.low > 0.04
    first, second = share(before), share(after)
    assert first.high is not None and second.low is not None and first.high > second.low


def test_agreement_beyond_chance() -> None:
    assert kappa([1, 1, 0, 0], [1, 1, 0, 0]) == 1 and kappa([1, 0], [0, 1]) == -1
    assert kappa([1, 1, 0, 0], [1, 0, 1, 0]) == 0
    assert kappa([], []) is None and kappa([1, 1], [1, 1]) is None
    twenty, ten = [1] * 20, [0] * 10  # Cohen's table: 20 both yes, 5 yes/no, 10 no/yes, 15 both no
    assert kappa([*twenty, *([1] * 5), *ten, *([0] * 15)], [*twenty, *([0] * 5), *([1] * 10), *([0] * 15)]) == pytest.approx(0.4)
