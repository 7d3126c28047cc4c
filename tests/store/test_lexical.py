"""The lexical index: BM25 over words, closed to what is not allowed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt
from muniment.store.lexical import LexicalIndex

TEXTS = [
    "The train leaves the station at noon.",
    "Trains and buses are late.",
    "A garden needs water.",
    "Water the garden, and the garden thanks you.",
    "Café menus change weekly.",
    "",
]
WORDS = ["train", "garden", "water", "noon", "bus", "menu"]
INDEX = LexicalIndex.build(TEXTS)


def found(query: str, allowed: np.ndarray | None = None, k: int = 10) -> list[int]:
    return INDEX.search(query, k, allowed)[1].tolist()


def test_the_rarer_and_more_frequent_word_wins() -> None:
    assert found("garden") == [3, 2]
    assert found("train at noon")[0] == 0


def test_words_are_stemmed_folded_and_lower_case() -> None:
    assert sorted(found("TRAIN")) == [0, 1]
    assert found("cafe") == [4]


@pytest.mark.parametrize("query", ["", " ", "unheard-of", "?!"])
def test_no_known_word_finds_nothing(query: str) -> None:
    scores, positions = INDEX.search(query, 10, None)
    assert scores.shape == positions.shape == (0,)


@given(
    st.text(max_size=40)
    | st.sampled_from(['text:"', "a AND (", "position:1", "garden^9", "*", '"garden water"~2', "+-!{}[]", "\\"])
)
def test_no_character_of_a_query_has_a_special_meaning(query: str) -> None:
    assert set(found(query)) <= set(range(len(TEXTS)))


def test_a_field_cannot_be_named_in_a_query() -> None:
    assert found("position:0") == []


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.lists(st.booleans(), min_size=6, max_size=6), st.integers(0, 6))
def test_the_best_are_the_best_of_what_is_allowed(words: list[str], mask: list[bool], k: int) -> None:
    allowed = np.array(mask)
    scores, positions = INDEX.search(" ".join(words), k, allowed)
    every, where = INDEX.search(" ".join(words), len(TEXTS), None)
    kept = [(score, place) for score, place in zip(every.tolist(), where.tolist(), strict=True) if allowed[place]][:k]
    assert positions.tolist() == [place for _, place in kept]
    np.testing.assert_allclose(scores, [score for score, _ in kept], rtol=1e-6)


def test_a_kept_index_answers_as_the_one_that_was_built(tmp_path: Path) -> None:
    LexicalIndex.build(TEXTS, tmp_path / "lexical")
    opened = LexicalIndex.open(tmp_path / "lexical", len(TEXTS))
    assert opened.search("garden", 10, None)[1].tolist() == [3, 2]


def test_a_stale_or_broken_folder_is_refused(tmp_path: Path) -> None:
    LexicalIndex.build(TEXTS, tmp_path / "lexical")
    with pytest.raises(Corrupt, match="6 of 7 passages"):
        LexicalIndex.open(tmp_path / "lexical", 7)
    (tmp_path / "lexical" / "meta.json").write_text("{")
    with pytest.raises(Corrupt, match="cannot be read"):
        LexicalIndex.open(tmp_path / "lexical", 6)
    with pytest.raises(Corrupt, match="cannot be read"):
        LexicalIndex.open(tmp_path / "absent", 6)


def test_a_mask_of_another_index_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the 6 passages"):
        INDEX.search("garden", 3, np.ones(5, bool))
