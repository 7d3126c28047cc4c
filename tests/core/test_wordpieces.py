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


@given(st.text(max_size=80), st.text(max_size=80))
def test_sizes_of_parts_are_those_of_the_whole(left: str, right: str) -> None:
    whole, cut = sizes(left + " " + right), len(left)
    assert whole.tokens_of(0, cut) + whole.tokens_of(cut, cut + 1 + len(right)) == whole.tokens_of(0, len(left) + 1 + len(right))
    assert whole.tokens_of(0, cut) == sizes(left).tokens_of(0, len(left))
    assert whole.words_of(cut, cut + 1 + len(right)) == sizes(right).words_of(0, len(right))


@given(st.lists(st.text("abcXYZ019.,-ß文", min_size=1, max_size=9), max_size=20))
def test_words_are_what_stands_between_white_space(words: list[str]) -> None:
    text = " \n".join(words)
    assert sizes(text).words_of(0, len(text)) == len(text.split())


@pytest.mark.parametrize(("pattern", "media_type"), [("docs/*.md", "text/markdown"), ("src/muniment/core/*.py", "text/x-python")])
def test_an_encoder_reads_nearly_every_passage_to_its_end(pattern: str, media_type: str) -> None:
    model = MiniLM()
    texts = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob(pattern))]
    cut = [text[start:end] for text in texts for start, end in passages(text, media_type=media_type)]
    lengths = model.lengths(cut)
    assert len(cut) > 100
    assert (lengths > 256).mean() < 0.01
    estimated = np.array([sizes(text).tokens_of(0, len(text)) + 2 for text in cut])
    assert 0.85 < np.median(estimated / lengths) < 1.15
