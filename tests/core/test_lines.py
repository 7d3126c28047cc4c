"""Documents as lines that know their place."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.personal import table

from muniment.core.lines import LONGEST, lines


@given(st.lists(st.text(st.sampled_from("ab \t\n\r🙂é"), max_size=2 * LONGEST // 100), max_size=5), st.integers(1, 3))
def test_lines_know_their_place(texts: list[str], times: int) -> None:
    texts = [text * times * 20 for text in texts]
    frame = lines(table(*texts))
    for row, start, line, _ in frame.iter_rows():
        assert texts[row][start : start + len(line)] == line and "\n" not in line and len(line) <= LONGEST
    kept = ["".join(frame.filter(pl.col("row") == row)["line"]) for row in range(len(texts))]
    assert ["".join(one.split()) for one in kept] == ["".join(text.split()) for text in texts]


@given(st.lists(st.text(st.sampled_from("ab \n\t\x85"), max_size=12), max_size=4))
def test_with_blank_ones_every_character_is_in_a_line(texts: list[str]) -> None:
    frame = lines(table(*texts), longest=None, blank=True)
    assert [(row, start, line) for row, start, line, _ in frame.iter_rows()] == [
        (row, sum(len(each) + 1 for each in text.split("\n")[:number]), line)
        for row, text in enumerate(texts)
        for number, line in enumerate(text.split("\n"))
        if line
    ]


def test_the_line_above_is_known_by_its_last_whole_words() -> None:
    frame = lines(table("first\nsecond", "alone", "x" * 150 + " public " + "y" * 196 + "\nlast", "z" * 300 + "\nlast", "a\n\nb"))
    assert frame["before"].to_list() == ["", "first", "", "", " " + "y" * 196, "", "", "", ""]


def test_pieces_of_a_long_line_know_the_words_before_them() -> None:
    text = "word " * LONGEST
    frame = lines(table(text))
    assert "".join(frame["line"]) == text
    for line, before in zip(frame["line"], ["", *frame["line"]], strict=False):
        assert len(line) <= LONGEST and line.split(" ")[0] == "word" and before[-200:].endswith(before[-5:])
    assert set(frame["before"][1:].str.strip_chars().str.split(" ").list.unique().explode()) == {"word"}
