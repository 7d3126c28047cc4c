"""The gate's expressions: whatever Python's engines match, the Rust expression that is derived from theirs matches too."""

import re
import string
from functools import cache

import polars as pl
import pytest
import regex
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from muniment.core.personal.superset import Superset, superset

FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE  # Presidio's own
CLASSES = (r"\d", r"\w", r"\s", r"\D", r"\W", r"\S")
SETS = (
    *(f"[^{each}]" for each in (*CLASSES, "a", r"\da", "é", "k-z", r"\n", r"\sK")),
    *(
        "[é-ü]",
        "é",
        "[ -é]",
        ".",
        "[a-z]",
        "[A-Z]",
        "[0-Z]",
        "[!-~]",
        "[\u0100-\u0200]",
        "[\u2100-\u2200]",
        "\u0130",
        "\u017f",
        "\u212a",
    ),
)


@cache
def every_character() -> pl.Series:
    """All that a text can hold: code points but surrogates."""
    return pl.Series([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000])


@cache
def every_text() -> str:
    return "".join(every_character())


def missed(pattern: str) -> dict[str, list[str]]:
    """Characters that one of Python's engines finds and the gate does not, by engine."""
    found = superset(pattern)
    assert found is not None
    wrong = {}
    for engine in (re, regex):
        taken = pl.Series(engine.findall(pattern, every_text()), dtype=pl.String)
        closed = taken.filter(~taken.str.contains(found.other) | (taken.str.len_bytes() == 1) & ~taken.str.contains(found.ascii))
        wrong[engine.__name__] = [hex(ord(each)) for each in closed[:8]]
    return wrong


@pytest.mark.parametrize("pattern", [*CLASSES, *SETS, *(f"(?a){each}" for each in CLASSES), "(?s)."])
def test_every_character_of_a_class_passes_in_both_engines(pattern: str) -> None:
    assert missed(pattern) == {"re": [], "regex": []}


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [*CLASSES, *SETS])
def test_every_case_of_a_class_passes_in_both_engines(pattern: str) -> None:
    assert missed(f"(?i){pattern}") == {"re": [], "regex": []}


def test_every_case_of_a_letter_passes() -> None:
    for letter in string.ascii_letters + "\u0130\u0131\u017f\u212aßµ":
        assert missed(f"(?i){letter}") == missed(f"(?i)[{letter}]") == {"re": [], "regex": []}, letter


# Random expressions: each strategy gives text in Python's syntax.
ATOMS = st.sampled_from(
    [
        *("a", "k", "s", "i", "B", "0", "7", "-", r"\.", " ", "_", "é", "ß", "\u0130", "\u212a", r"\n", r"\t", "x", "xy"),
        *(
            ".",
            r"\d",
            r"\w",
            r"\s",
            r"\D",
            r"\W",
            r"\S",
            "[abc]",
            "[a-z]",
            "[^a-z]",
            r"[^\d]",
            r"[^\s]",
            r"[\w-]",
            r"[^\W]",
            "[0-9]",
            "[é-ü]",
        ),
        *(r"\b", r"\B", "^", "$", r"\A", r"\Z", r"[^\n]", "[K-T]", r"[\d.]", r"\\", "[{}]", r"\{", r"\u0130"),
    ]
)
QUANTIFIERS = st.sampled_from(
    ["?", "*", "+", "??", "*?", "+?", "{2}", "{1,3}", "{0,2}?", "{2,}", "{,2}", "{9,12}", "*+", "?+", "++"]
)
OPENINGS = st.sampled_from(["(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?-i:", "(?s:", "(?m:", "(?x:", "(?P<n>"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(OPENINGS, inner).map(lambda pair: f"{pair[0]}{pair[1]})"),
        st.tuples(inner, QUANTIFIERS).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        st.tuples(ATOMS, QUANTIFIERS).map("".join),
        inner.map(lambda text: f"({text})\\1"),
    )


PATTERNS = st.tuples(
    st.sampled_from(["", "", "", "(?i)", "(?m)", "(?s)", "(?x)", "(?a)"]), st.recursive(ATOMS, _larger, max_leaves=8)
).map("".join)
LETTERS = "aakKsSiIbB07--.. _xyé\n\n\tßc{}\\"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=14)
WIDE = st.text(st.sampled_from(LETTERS + "İıſ\u212a٣७\u0301\u200d\xa0\x1c\x85²Ⅷ五ü\r"), max_size=14)


def compiled(pattern: str, flags: int) -> "regex.Pattern[str]":
    """The expression as Presidio's engine reads it; what that refuses is no case."""
    try:
        return regex.compile(pattern, flags)
    except (regex.error, RecursionError):
        assume(False)
        raise


def spans(pattern: "regex.Pattern[str]", text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text, timeout=5) if match[0]]


def passes(found: Superset, text: str) -> bool:
    texts = pl.Series([text])
    narrow = not text.isascii() or bool(texts.str.contains(found.ascii)[0])
    return narrow and bool(texts.str.contains(found.other)[0])


@settings(max_examples=600, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(PATTERNS, st.lists(st.one_of(TEXTS, WIDE), min_size=1, max_size=6), st.sampled_from([0, FLAGS, re.IGNORECASE, re.MULTILINE]))
@example(r"\bkelvin", ["\u212aelvin"], re.IGNORECASE)
@example(r"is\b", ["i\u017f"], re.IGNORECASE)
@example(r"(?:a0){1<=e<=2}", ["a7"], 0)
@example(r"\w", ["\U00011de0"], 0)
def test_what_a_pattern_finds_passes_its_gate(pattern: str, texts: list[str], flags: int) -> None:
    engine = compiled(pattern, flags)
    if (found := superset(pattern, flags)) is None:
        return
    for text in texts:
        try:
            matches = spans(engine, text)
        except TimeoutError:
            continue
        if not matches:
            continue
        assert passes(found, text)
        if found.digit:
            assert any(map(str.isdecimal, text))


@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(PATTERNS, st.lists(st.one_of(TEXTS, WIDE), min_size=1, max_size=6), st.sampled_from([FLAGS, re.MULTILINE, 0]))
def test_what_stays_in_a_line_is_the_same_line_by_line(pattern: str, texts: list[str], flags: int) -> None:
    engine = compiled(pattern, flags)
    found = superset(pattern, flags)
    if found is None or not found.in_line:
        return
    for text in texts:
        try:
            whole = spans(engine, text)
        except TimeoutError:
            continue
        apart, place = [], 0
        for line in text.split("\n"):
            apart += [(start + place, end + place) for start, end in spans(engine, line)]
            place += len(line) + 1
        assert whole == apart


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "(?:foo){e<=1}",
            "(?:foo){1<=e<=2}",
            "(?:foo){2i+2d+1s<=4}",
            "(?:foo){i,d}",
            "(?:foo){ e}",
            "(?:foo){e<=2:[a-z]}",
            "(?b)(?:foo){e}",
        ),
        *("[[:alpha:]]", "[[:^digit:]]", "[[a-z]--[k]]", r"\p{L}+", r"\P{Lu}", r"\X", r"\R", r"\K", r"\G", r"\m\w", r"\L<names>"),
        *(
            "(?V1)a",
            "(?f)a",
            "(?p)a|ab",
            "(?r)a",
            "(?w)a",
            r"\((?R)?\)",
            "(?P<n>a)(?&n)",
            "(?|(a)|(b))",
            "(a)?(?(1)b|c)",
            "(?P<n>a)|(?P<n>b)",
        ),
    ],
)
def test_what_only_the_other_engine_reads_has_no_superset(pattern: str) -> None:
    assert superset(pattern) is None


@pytest.mark.parametrize("flags", [regex.V1, regex.BESTMATCH, regex.FULLCASE, regex.POSIX, regex.REVERSE, regex.WORD])
def test_flags_that_only_the_other_engine_knows_have_no_superset(flags: int) -> None:
    assert superset("a", int(flags)) is None


@pytest.mark.parametrize("pattern", [r"\d{3}-\d{4}", "[{}]", r"[^\s{}]+\d{2}", "a{2,3}", "a{,3}", r"(?x) a {2}", r"\{\d\}"])
def test_plain_braces_do_have_one(pattern: str) -> None:
    assert superset(pattern) is not None


@pytest.mark.parametrize(
    ("pattern", "in_line", "digit"),
    [
        (r"\b\d{3}\b", True, True),
        (r"\d{3}\s\d{3}", False, True),
        (r"a[^b]c", False, False),
        (r"a[^\nb]c", True, False),
        (r"(?=\S*\d)\w+", True, True),
        (r"\d?a", True, False),
        (r"a|\d", True, False),
        (r"[\da]", True, False),
        (r"a\Z", False, False),
        (r"(?m)^a$", True, False),
        (r"a$", False, False),
        (r"(?<=\s)a", False, False),
        (r"(?!\d)a", True, False),
        (r"(?s)a.b", False, False),
        (r"a.b", True, False),
    ],
)
def test_what_a_pattern_can_see_and_needs_is_known(pattern: str, in_line: bool, digit: bool) -> None:
    found = superset(pattern)
    assert found is not None and (found.in_line, found.digit) == (in_line, digit)
