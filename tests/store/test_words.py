"""Words of texts, and the file that keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.words.postings import POSTINGS, postings
from muniment.errors import Corrupt
from muniment.store import words
from muniment.verifiers.residue.look import Look
from muniment.verifiers.residue.make import Maker
from muniment.verifiers.residue.search import Search


def read(text: str, stemmer: str = "english") -> list[str]:
    return words.words([text], [stemmer])[0]


def test_words_are_stemmed_folded_and_lower_case() -> None:
    assert read("The TRAINS ran; naïve cafés") == ["the", "train", "ran", "naiv", "cafe"]


def test_a_language_has_its_own_stemmer_and_an_unknown_one_is_read_as_english() -> None:
    assert read("Häuser laufen", words.stemmer("de")) == ["haus", "lauf"]
    assert words.stemmer(None) == words.stemmer("zz") == "english"
    assert all(read("word", each) for each in words.STEMMERS)


@pytest.mark.parametrize(
    ("text", "pair"), [("深層学習の基礎", "学習"), ("データベース", "ベー"), ("검색엔진", "엔진"), ("ภาษาไทย", "ภา")]
)
def test_scripts_without_spaces_become_signs_and_pairs(text: str, pair: str) -> None:
    found = read(f"about {text} here")
    assert found[0] == "about"
    assert pair[0] in found
    assert found[-1] == "here"
    if not text.startswith("ภ"):  # Thai's vowels are marks, which no word has
        assert pair in found


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert words.asked(text, ["english"]) == [read(text)]


@given(st.lists(st.lists(st.text("abcé深", min_size=1, max_size=5), max_size=6), min_size=1, max_size=8))
def test_a_file_gives_back_what_it_was_made_of(passages: list[list[str]]) -> None:
    table = postings(passages)
    assert words.decoded(words.encoded(table), POSTINGS).equals(table)
    assert words.encoded(postings(passages)) == words.encoded(table)


@pytest.mark.parametrize("damage", [lambda file: file[:-9], lambda file: b"", lambda file: file[:40] + bytes(40) + file[80:]])
def test_a_damaged_file_is_refused(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(Corrupt):
        words.decoded(damage(words.encoded(postings([["word", "other"], ["third"] * 40]))), POSTINGS)


def test_a_rare_word_in_the_file_is_found_by_the_verifier_and_one_that_is_not_there_is_not() -> None:
    """Front coding and compression hide it from a search for bytes."""
    rare, other = "zqxv" + "kjwpahmrtbdlcneg" * 2, "qqxv" + "mrtbdlcnegkjwpah" * 2
    file = words.encoded(postings(words.words([f"the {rare} agreement", "the zqxvkjw note", "plain text"] * 9, ["english"] * 27)))
    assert rare.encode() not in file
    for text, there in ((rare, True), (other, False)):
        maker = Maker()
        maker.text(text)
        assert (Look(Search(maker.made())).file("derived/words", file).traces["text"] > 0) is there
