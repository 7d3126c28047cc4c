"""Samples that anybody can draw again, and intervals that hold the truth as often as they say."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.sampling import allocate, rate, systematic

populations = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 5_000), min_size=1, max_size=8)


@given(populations, st.integers(1, 400))
def test_every_stratum_is_seen_and_none_is_drawn_beyond_its_population(strata: dict[str, int], size: int) -> None:
    drawn = allocate(strata, size)
    assert all(1 <= drawn[name] <= count for name, count in strata.items())
    assert sum(drawn.values()) == max(len(strata), min(size, sum(strata.values())))


@given(st.integers(1, 5_000), st.integers(1, 300), st.text(max_size=5))
def test_a_systematic_sample_is_even_distinct_and_the_same_again(population: int, size: int, seed: str) -> None:
    places = systematic(population, size, seed)
    assert places == systematic(population, size, seed) and len(set(places)) == min(size, population)
    assert all(0 <= place < population for place in places)
    steps = [after - before for before, after in pairwise(places)]
    assert not steps or max(steps) - min(steps) <= 1


def test_every_document_is_drawn_about_as_often() -> None:
    counts = [0] * 40
    for seed in range(2_000):
        for place in systematic(40, 5, str(seed)):
            counts[place] += 1
    assert min(counts) > 190 and max(counts) < 310  # 250 expected, standard deviation 15


def test_wilsons_interval_is_that_of_the_literature() -> None:
    found = rate([True] * 10 + [False] * 90, [1.0] * 100)  # Newcombe (1998), table I
    assert (round(found.low, 4), round(found.high, 4)) == (0.0552, 0.1744)


def test_intervals_over_weighted_strata_hold_the_true_rate_as_often_as_they_say() -> None:
    chance, held = random.Random(5), 0
    for _ in range(1_000):
        # 900 documents of which 5% are wrong, 30 drawn; 100 of which 20% are, 20 drawn: 6.5% in all.
        hits = [chance.random() < 0.05 for _ in range(60)] + [chance.random() < 0.2 for _ in range(40)]
        found = rate(hits, [15.0] * 60 + [2.5] * 40)
        held += found.low <= 0.065 <= found.high
    assert held > 930


def test_without_labels_nothing_is_known() -> None:
    assert rate([], []) == (0.0, 0.0, 1.0, 0)
