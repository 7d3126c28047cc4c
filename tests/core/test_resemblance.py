"""Marks and keyed bands: what was erased is known again, and nothing of it can be read."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.nights import prose
from tests.twins import sketches, table

from muniment.core.mentions import LEAST, pattern
from muniment.core.resemblance import bands, marks
from muniment.core.resemblance.search import first
from muniment.core.resemblance.siphash import key_of, siphash

KEY = key_of(b"k" * 16)
ALL = np.ones(1, np.bool_)


def held(*texts: str) -> dict[str, np.ndarray]:
    """Sorted bands of these texts, each of a request of its own."""
    return bands.sorted_bands(bands.keyed(sketches(table(texts)), KEY), np.arange(len(texts), dtype=np.uint32))


def agreeing(text: str, columns: dict[str, np.ndarray], alive: np.ndarray) -> tuple[int, int]:
    most, whose = bands.agreeing(bands.keyed(sketches(table([text])), KEY), columns, alive)
    return int(most[0]), int(whose[0])


def test_the_hash_is_siphash_as_its_paper_has_it() -> None:
    key = key_of(bytes(range(16)))
    assert siphash(key, np.uint64(0x0706050403020100), np.uint64(0x0F0E0D0C0B0A0908)) == 0xA129CA6149BE45E5


@given(st.integers(0, 10_000), st.integers(0, 2))
def test_a_light_edit_of_an_erased_text_agrees_in_three_bands_or_more(seed: int, edits: int) -> None:
    count, whose = agreeing(prose(seed, edits), held(prose(seed + 1), prose(seed)), np.ones(2, np.bool_))
    assert count >= 3 and whose == 1


@given(st.integers(0, 10_000))
def test_another_text_agrees_in_no_band_that_counts(seed: int) -> None:
    assert agreeing(prose(seed), held(prose(seed + 1), prose(seed + 2)), np.ones(2, np.bool_)) == (0, 0)


def test_a_request_that_does_not_bar_any_more_holds_nothing_back() -> None:
    assert agreeing(prose(1), held(prose(2), prose(1)), np.array([True, False])) == (0, 0)


def test_under_another_key_nothing_agrees() -> None:
    other = bands.keyed(sketches(table([prose(1)])), key_of(b"j" * 16))
    assert not (other == bands.keyed(sketches(table([prose(1)])), KEY)).any()


@given(st.lists(st.lists(st.integers(0, 3), min_size=25, max_size=25), min_size=1, max_size=12))
def test_the_commonest_row_is_the_one_that_agrees_in_most_bands(rows: list[list[int]]) -> None:
    hashes = np.array(rows, np.uint32)
    columns = bands.sorted_bands(hashes, np.zeros(len(hashes), np.uint32))
    assert (bands.unsorted(columns) == hashes).all()
    most, _ = bands.agreeing(hashes[:1], columns, ALL)
    assert most[0] == 25
    needle = (hashes[:1] + 1) % 4
    best = int((hashes == needle).sum(axis=1).max())
    assert bands.agreeing(needle.astype(np.uint32), columns, ALL)[0][0] == (best if best >= bands.LEAST else 0)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=200), st.integers(0, 2**32 - 1))
def test_a_hash_is_found_where_it_stands(values: list[int], sought: int) -> None:
    ordered = np.sort(np.array([*values, sought], np.uint32))
    for value in (sought, 0, 2**32 - 1):
        assert first(ordered, np.uint32(value), value / 2**32) == np.searchsorted(ordered, np.uint32(value))


@given(st.sets(st.text(max_size=6), max_size=40), st.sets(st.text(max_size=6), max_size=40))
def test_a_mark_is_found_for_each_request_that_laid_it(one: set[str], other: set[str]) -> None:
    laid = [
        marks.sorted_marks((marks.mark(b"k", "key", "", each) for each in each_of), n) for n, each_of in enumerate((one, other))
    ]
    columns = marks.merged(laid)
    for value in one | other | {"neither of them"}:
        begin, end = marks.span(columns["high"], columns["low"], *marks.words_of(marks.mark(b"k", "key", "", value)))
        assert set(columns["request"][begin:end].tolist()) == {n for n, each_of in enumerate((one, other)) if value in each_of}


@given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_marks_of_different_kinds_and_scopes_differ(kind: str, scope: str, value: str) -> None:
    assume("\0" not in kind + scope + value and (kind, scope) != (scope, kind))
    assert marks.mark(b"k", kind, scope, value) != marks.mark(b"k", scope, kind, value)


MENTIONS = [
    ("EMAIL_ADDRESS", "Ann@X.org", ["write to ann@x.org.", "<ANN@x.org>"], ["joann@x.org", "x.ann@x.org", "ann@x.org.uk"]),
    ("PHONE_NUMBER", "+44 20 7946 0958", ["call +44-20-7946-0958 now", "(+44) (20) 79460958"], ["9442079460958", "4420794609581"]),
    ("PERSON", "Jo  O'Neil-Smith", ["by jo\no'neil-SMITH, 2020"], ["jojo o'neil-smithers"]),
    ("IBAN_CODE", "GB82 WEST 1234 5698", ["gb82west12345698"], ["xgb82west12345698", "GB82 WEST 1234 56981"]),
]


@pytest.mark.parametrize(("kind", "value", "there", "not_there"), MENTIONS)
def test_a_value_is_found_however_it_is_written_and_not_inside_another(
    kind: str, value: str, there: list[str], not_there: list[str]
) -> None:
    found = pl.Series([*there, *not_there]).str.contains(pattern(kind, value)).to_list()
    assert found == [True] * len(there) + [False] * len(not_there)


_VALUES = st.from_regex(r"[\w][\w .'@+()\[\]\\^$*?|{}&~#-]{0,20}[\w]", fullmatch=True)


@given(st.sampled_from(["EMAIL_ADDRESS", "PERSON"]), _VALUES)
def test_any_value_makes_a_pattern_that_finds_it_or_is_too_short(kind: str, value: str) -> None:
    if len(re.sub(r"[\W_]", "", value)) < LEAST:
        with pytest.raises(ValueError, match="letters or digits"):
            pattern(kind, value)
    else:
        assert pl.Series([f"so {' '.join(value.split())} it is"]).str.contains(pattern(kind, value)).item() is True
