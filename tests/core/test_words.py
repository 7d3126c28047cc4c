"""Postings, and BM25 over what may be read."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.words import bm25
from muniment.core.words.postings import POSTINGS, Postings, joined, postings

words = st.lists(st.sampled_from("abcdefgh"), max_size=12)
passages = st.lists(words, min_size=1, max_size=30)


def held(texts: list[list[str]], parts: int = 1) -> Postings:
    cuts = [len(texts) * part // parts for part in range(parts + 1)]
    segments = [texts[first:last] for first, last in pairwise(cuts)]
    return joined([postings(each) for each in segments], [len(each) for each in segments])


def by_hand(texts: list[list[str]], query: list[str], neighbours: float) -> list[float]:
    """The scores of all passages, from the formula."""
    terms, mean = list(dict.fromkeys(query)), sum(map(len, texts)) / len(texts)
    holding = {term: sum(term in text for text in texts) for term in terms}
    idf = {term: math.log(1 + (len(texts) - count + 0.5) / (count + 0.5)) for term, count in holding.items()}

    def share(times: int, length: int, weight: float) -> float:
        norm = bm25.K1 * (1 - bm25.B + bm25.B * length / mean) if mean else 0.0
        return weight * times * (bm25.K1 + 1) / (times + norm) if times else 0.0

    pairs = {(one, two) for one, two in pairwise(query) if one != two}
    return [
        sum(share(text.count(term), len(text), idf[term]) for term in terms)
        + neighbours * sum(share(list(pairwise(text)).count(pair), len(text), idf[pair[0]] + idf[pair[1]]) for pair in pairs)
        for text in texts
    ]


@given(passages, st.integers(1, 4))
def test_postings_of_segments_laid_end_to_end_are_those_of_the_whole(texts: list[list[str]], parts: int) -> None:
    one, many = held(texts), held(texts, parts)
    assert one.terms.to_pylist() == many.terms.to_pylist()
    for name in ("bounds", "positions", "frequencies", "firsts", "sequence"):
        np.testing.assert_array_equal(getattr(one, name), getattr(many, name))


@given(passages)
def test_postings_hold_each_passage_word_by_word(texts: list[list[str]]) -> None:
    made = held(texts)
    spoken = [
        [made.terms[int(word)].as_py() for word in made.sequence[first:last]] for first, last in pairwise(made.firsts.tolist())
    ]
    assert spoken == texts
    assert postings(texts).schema == POSTINGS


@given(passages, words, st.sampled_from([0.0, bm25.NEIGHBOURS]))
def test_scores_are_those_of_the_formula(texts: list[list[str]], query: list[str], neighbours: float) -> None:
    found = bm25.search(held(texts), [query], len(texts), None, neighbours)
    expected = by_hand(texts, query, neighbours) if query else [0.0] * len(texts)
    assert set(found.positions.tolist()) == {place for place, score in enumerate(expected) if score}
    np.testing.assert_allclose(found.scores, [expected[place] for place in found.positions], rtol=1e-12)
    order = list(zip((-found.scores).tolist(), found.positions.tolist(), strict=True))
    assert order == sorted(order)
    assert all(score <= found.ideal for score in found.scores)


@given(passages, words, st.integers(1, 5), st.data())
def test_an_answer_is_that_of_a_corpus_that_holds_nothing_else(
    texts: list[list[str]], query: list[str], k: int, data: st.DataObject
) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    readable = np.flatnonzero(mask)
    masked = bm25.search(held(texts), [query], k, mask)
    if not len(readable):
        assert len(masked.positions) == 0
        return
    alone = bm25.search(held([texts[place] for place in readable]), [query], k, None)
    np.testing.assert_array_equal(masked.positions, readable[alone.positions])
    np.testing.assert_array_equal(masked.scores, alone.scores)  # to the last bit
    assert masked.ideal == alone.ideal


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([1.0, 0.5, 0.01]))
def test_what_is_skipped_and_looked_up_for_speed_changes_nothing(seed: int, k: int, share: float) -> None:
    chance = np.random.default_rng(seed)
    texts = [[f"w{word}" for word in each] for each in np.minimum(chance.zipf(1.3, (6000, 8)), 400)]
    query, mask, made = ["w1", "w2", "w90", "w3"], chance.random(len(texts)) < share, held(texts, 3)
    readable = np.flatnonzero(mask)
    expected = np.array(by_hand([texts[place] for place in readable], query, 0.0))
    found = bm25.search(made, [query], k, mask, 0.0)
    best = np.lexsort((readable, -expected.round(9)))[:k]
    np.testing.assert_allclose(found.scores, expected[best][expected[best] > 0], rtol=1e-12)
    everything = bm25.search(made, [query], len(texts), mask, 0.0)
    np.testing.assert_array_equal(found.positions, everything.positions[:k])
    np.testing.assert_array_equal(found.scores, everything.scores[:k])


def test_words_side_by_side_count_more_than_apart() -> None:
    texts = [["deep", "x", "learning"], ["deep", "learning", "x"], ["other"]]
    assert bm25.search(held(texts), [["deep", "learning"]], 3, None).positions.tolist() == [1, 0]
    assert bm25.search(held(texts), [["deep", "learning"]], 3, None, 0.0).positions.tolist() == [0, 1]


def test_an_empty_corpus_and_empty_passages_are_searched() -> None:
    assert len(bm25.search(joined([], []), [["a"]], 3, None).positions) == 0
    assert len(bm25.search(held([[], []]), [["a"]], 3, None).positions) == 0


def test_a_mask_of_another_corpus_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the 2 passages"):
        bm25.search(held([["a"], ["b"]]), [["a"]], 3, np.ones(3, np.bool_))
