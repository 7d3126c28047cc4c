"""Estimated tokens, held against the tokens of the default encoder."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.chunks import passages
from muniment.core.wordpieces import sizes
from muniment.store.encoders.minilm import MiniLM

HERE = Path(__file__).parents[2]


TELLS_NOTHING = st.text("ABCdef019.,-()\n 文Ж", max_size=80)
LANGUAGES = sorted((HERE / "benchmarks" / "personal" / "languages" / "templates").glob("*.txt"))
MODEL = MiniLM()


@given(TELLS_NOTHING, TELLS_NOTHING)
def test_sizes_of_parts_are_those_of_the_whole(left: str, right: str) -> None:
    whole, cut = sizes(left + " " + right), len(left)
    assert whole.tokens_of(0, cut) + whole.tokens_of(cut, cut + 1 + len(right)) == whole.tokens_of(0, len(left) + 1 + len(right))
    assert whole.tokens_of(0, cut) == sizes(left).tokens_of(0, len(left))
    assert whole.words_of(cut, cut + 1 + len(right)) == sizes(right).words_of(0, len(right))


@given(st.text(max_size=200))
def test_no_text_of_any_script_costs_less_than_its_words(text: str) -> None:
    measure = sizes(text)
    assert measure.tokens_of(0, len(text)) >= measure.words_of(0, len(text)) == measure.words[-1]
    assert (np.diff(measure.eighths) >= 0).all()


@given(st.lists(st.text("abcXYZ019.,-ß文", min_size=1, max_size=9), max_size=20))
def test_words_are_what_stands_between_white_space(words: list[str]) -> None:
    text = " \n".join(words)
    assert sizes(text).words_of(0, len(text)) == len(text.split())


@pytest.mark.parametrize(("pattern", "media_type"), [("docs/*.md", "text/markdown"), ("src/muniment/core/*.py", "text/x-python")])
def test_an_encoder_reads_nearly_every_passage_to_its_end(pattern: str, media_type: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob(pattern))]
    cut = [text[start:end] for text in texts for start, end in passages(text, media_type=media_type)]
    lengths = MODEL.lengths(cut)
    assert len(cut) > 100
    assert (lengths > 256).mean() < 0.01
    estimated = np.array([sizes(text).tokens_of(0, len(text)) + 2 for text in cut])
    assert 0.85 < np.median(estimated / lengths) < 1.15


@pytest.mark.parametrize("path", LANGUAGES, ids=[path.stem for path in LANGUAGES])
def test_the_estimate_holds_in_other_languages(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cut = [text[start:end] for start, end in passages(text)]
    lengths = MODEL.lengths(cut)
    estimated = np.array([sizes(each).tokens_of(0, len(each)) + 2 for each in cut])
    assert 0.85 < np.median(estimated / lengths) < 1.15
    assert (lengths <= 256).all()


def test_a_syllable_of_hangul_is_about_two_tokens() -> None:
    text = "문서는 구조가 허락하는 곳에서 나뉘고 각 조각은 인용할 수 있는 이름을 가진다. " * 4
    assert sizes(text).tokens_of(0, len(text)) / (MODEL.lengths([text])[0] - 2) == pytest.approx(1, abs=0.15)


GERMAN = "Der Bericht wird von der Verwaltung geprüft und nach einer Woche mit den Anlagen zum Archiv gebracht. "
ENGLISH = "The report is read by the office and then brought to the archive with its appendix after a week. "


def test_words_are_judged_by_those_around_them_and_by_no_others() -> None:
    alone, inside = GERMAN * 8, ENGLISH * 8 + GERMAN * 8 + ENGLISH * 8
    first = len(ENGLISH) * 8 + len(GERMAN) * 2
    core = len(GERMAN) * 4
    assert sizes(inside).tokens_of(first, first + core) == sizes(alone).tokens_of(len(GERMAN) * 2, len(GERMAN) * 2 + core)
    assert sizes(ENGLISH * 8).tokens_of(0, len(ENGLISH) * 4) == sizes(inside).tokens_of(0, len(ENGLISH) * 4)


def test_a_foreign_name_or_word_leaves_english_as_it_is() -> None:
    plain = ENGLISH * 3
    assert sizes(plain + "Zürich and Köln. " + plain).tokens_of(0, len(plain)) == sizes(plain).tokens_of(0, len(plain))
    listed = "open com, com, com, and sa.Column, sa.Integer, sa.String, sa.Table for github.com and example.com "
    assert sizes(listed * 4).tokens_of(0, len(listed)) == sizes(listed).tokens_of(0, len(listed))
