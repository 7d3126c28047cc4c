"""Words that speak for a match: whole ones, near it, on its side of a label; and a gate that misses none of them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.personal.context import gate, speaks

WORDS = ("lic", "social security", "client ip", "né", "ss#", "id card", "st.-nr")


def says(text: str, words: tuple[str, ...] = WORDS, above: str = "") -> bool:
    """Whether a word speaks for what stands between angle brackets."""
    start, end = text.index("<"), text.index(">") - 1
    return speaks(words, text.replace("<", "").replace(">", ""), start, end, above)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "lic <1>",
            "LIC: <1>",
            "lic.<1>",
            "(lic) <1>",
            "<1> lic",
            "<1>-lic",
            "client_ip=<1>",
            "social   security <1>",
            "Social-Security: <1>",
        ),
        *("social\tsecurity no <1>", "né le <1>", "ss# <1>", "St.-Nr <1>", "lic a b c d e f g <1>", "<1> a b lic", "lic\xa0<1>"),
    ],
)
def test_a_whole_word_near_a_match_speaks_for_it(text: str) -> None:
    assert says(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "public <1>",
            "licence <1>",
            "duplicate <1>",
            "lic1 <1>",
            "née <1>",
            "social <1> security",
            "lic a b c d e f g h <1>",
            "<1> a b c lic",
            "<1>lic",
            "lic<1>",
        ),
        *("<1> lic: 2", "<1> lic : 2", "<1> a lic: 2", "antisocial security <1>", "ss <1>", "<1>"),
    ],
)
def test_parts_of_words_and_words_far_off_say_nothing(text: str) -> None:
    assert not says(text)


def test_a_word_of_the_line_above_speaks_while_the_line_has_few_words_of_its_own() -> None:
    assert says("<1>", above="lic")
    assert says("security <1>", above="social")
    assert not says("a b c d e f g h <1>", above="lic")


def test_a_cut_through_a_word_makes_no_word_of_its_rest() -> None:
    for more in range(113, 130):
        assert not says(f"public {'b' * more} <1>", ("lic",))
        assert not says(f"<1> a {'b' * more} licence", ("lic",))
        assert not says(f"public {'b' * more} <1>", ("lic",), "lic")


@given(
    words=st.lists(
        st.sampled_from(["lic", "social security", "İd kart", "kredıt", "ſin", "\u212aonto", "a.b", "né"]), min_size=1, max_size=3
    ),
    parts=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "lic",
                    "LIC",
                    "social",
                    "security",
                    "SECURITY",
                    "id",
                    "İD",
                    "kart",
                    "kredit",
                    "sin",
                    "konto",
                    "a.b",
                    "NÉ",
                    "x",
                    "9",
                    "",
                ]
            ),
            st.sampled_from([" ", "    ", "\t", "_", "-", ".", ":", "\xa0", "", " - ", "\u2028"]),
        ).map("".join),
        max_size=8,
    ),
    above=st.sampled_from(["", "social", "my social ", "id", "lic", "the  social  -"]),
)
def test_the_gate_misses_no_word_that_speaks(words: list[str], parts: list[str], above: str) -> None:
    text, place = "".join(parts), len("".join(parts[: len(parts) // 2]))
    line = text[:place] + "1" + text[place:]
    if speaks(tuple(words), line, place, place + 1, above):
        assert pl.Series([f"{above}\n{line}"]).str.contains(gate(words))[0]
