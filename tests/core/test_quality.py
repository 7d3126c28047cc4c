"""Quality signals: each measures what its name says."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import quality
from muniment.schemas.evidence import SIGNAL


def measure(text: str) -> dict[str, float]:
    return quality.signals(pl.Series("text", [text])).to_dicts()[0]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("a bb\nccc", "characters", 8),
        ("a bb\nccc", "words", 3),
        ("a bb\nccc", "mean_word_length", 2),
        ("漢字とword", "words", 4),
        ("one 2 3 four", "alphabetic_word_ratio", 0.5),
        ("# a … b", "symbol_ratio", 0.5),
        ("a1b2", "digit_ratio", 0.5),
        ("ab\ufffd\ufffd", "replacement_ratio", 0.5),
        ("ab\x01\x02", "control_ratio", 0.5),
        ("The house OF wood and other", "stop_words", 3),
        ("a\n\n b\n", "lines", 2),
        ("a\n a\nb\na", "duplicate_line_ratio", 0.5),
        ("- a\n2. b\nc\nd", "bullet_line_ratio", 0.5),
        ("a...\nb…\nc\nd.", "ellipsis_line_ratio", 0.5),
        ('He said "no."\nmenu\nhome\nYes!', "terminal_punctuation_ratio", 0.5),
        ("short\n" + "long " * 10, "short_line_ratio", 0.5),
        ("a b a b a", "top_bigram_ratio", 0.5),
    ],
)
def test_a_signal_measures_what_its_name_says(text: str, name: str, value: float) -> None:
    assert measure(text)[name] == pytest.approx(value)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_every_document_has_every_signal_and_no_value_is_undefined(texts: list[str]) -> None:
    ids = [f"{number:03d}" for number in range(len(texts))]
    evidence = quality.detector().detect(
        pa.table({"doc_id": pa.array(ids, pa.string()), "text": pa.array(texts, pa.large_string())})
    )
    assert evidence.schema == SIGNAL
    rows = [(row["doc_id"], row["name"]) for row in evidence.to_pylist()]
    assert rows == sorted((doc, name) for doc in ids for name in quality._NAMES)
    values = [value for value, name in zip(evidence["value"].to_pylist(), evidence["name"].to_pylist(), strict=True)]
    assert all(value >= 0 for value in values)  # which not-a-number is not
    ratios = [value for value, name in zip(values, evidence["name"].to_pylist(), strict=True) if name.endswith("_ratio")]
    assert all(value <= 1 for value in ratios)


def test_a_document_is_measured_alone() -> None:
    together = quality.signals(pl.Series("text", ["a b c", "", "a b a b"])).to_dicts()
    assert together == [measure("a b c"), measure(""), measure("a b a b")]
