import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muniment.core.normal_form import normalise
from muniment.errors import InvalidRecord

_AWKWARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\r\n\t \x00\x0c\x85\xa0\u200b\u200c\u200d\ufeff\u2028\u0301\u0327éÃ©â€™Â\x80\x9d안e\U000e0041\u202e\ud800"
        ),
    ),
    max_size=60,
)


@given(_AWKWARD)
@example("trÃ\u200b¨s cafÃ\u200b© naÃ\u200b¯ve")
@example("a\u200d\u200dб")
@example("a\u200c\u200b\u200dб")
@example("cafÃ©\u200b\r\n")
@example("e" + "\u0301\u0327" * 40)
@example(" \n\xa0\n x")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    try:
        once, _ = normalise(text)
    except InvalidRecord as refused:
        assert refused.reason == "EMPTY"
        return
    assert normalise(once) == (once, ())
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "normal", "step"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree", "line-ends@1"),
        ("cafe\u0301", "café", f"nfc@{unicodedata.unidata_version}"),
        ("a\u200bb\x07c\ufeffd\u202ee\u00adf", "abcdef", "invisible@1"),
        ("jo\u200dhn@example.com", "john@example.com", "invisible@1"),
        ("ten\xa0euros", "ten euros", "spaces@1"),
        ("  tail  \nx\n\n\n\n\n\ny\n\n", "  tail\nx\n\n\ny", "trim@1"),
    ],
)
def test_each_change_is_made_and_named(text: str, normal: str, step: str) -> None:
    assert normalise(text) == (normal, (step,))


def test_mojibake_is_repaired_in_its_line_only() -> None:
    text, steps = normalise("Il a bu un cafÃ© trÃ¨s cher.\nL’été, naïve — ça va.")
    assert text == "Il a bu un café très cher.\nL’été, naïve — ça va."
    assert [step.split("@")[0] for step in steps] == ["mojibake:ftfy"]


def test_text_in_normal_form_comes_back_with_no_transformation() -> None:
    code = "def f(x):\n\n\n    if x:\n\treturn 1\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert normalise(code) == (code, ())


def test_joiners_that_shape_a_script_or_an_emoji_stay() -> None:
    text = "می‌خواهم 👩‍👩‍👧 क्‍ष"
    assert normalise(text)[0] == text


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\ufeff", "\x00\x01", "\xa0\u2003"])
def test_a_text_with_nothing_visible_is_refused_as_empty(text: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        normalise(text)
    assert refused.value.reason == "EMPTY"


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0f72\u0f71"])
def test_a_pile_of_accents_does_not_take_quadratic_time(marks: str) -> None:
    started = time.perf_counter()
    text, _ = normalise("a" + marks * 500_000)
    assert time.perf_counter() - started < 2
    assert len(text) <= 31
