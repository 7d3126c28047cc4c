"""Texts as hashed tokens, as a plain reading of the alphabet has them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.licences.matching.rules import alphabet
from muniment.core.tokens import SEPARATOR, WORD, Array, plain_alphabet, tokenise

texts = st.lists(
    st.none() | st.text(st.sampled_from("aZ_09+ .é日本ßΩあ\U0001f600\U00020000\n") | st.characters(codec="utf-8")), max_size=5
)


def plainly(text: str, roles: Array) -> list[tuple[str, int, int]]:
    """The tokens of a text, each with its begin and end."""
    found: list[tuple[str, int, int]] = []
    before = SEPARATOR
    for place, letter in enumerate(text):
        role = int(roles[ord(letter)])
        folded = letter.lower() if letter.isascii() else letter
        if role == WORD and before == WORD:
            word, begin, _ = found.pop()
            found.append((word + folded, begin, place + 1))
        elif role != SEPARATOR:
            found.append((folded, place, place + 1))
        before = role
    return found


@settings(deadline=None)
@pytest.mark.parametrize("roles", [plain_alphabet(), alphabet()], ids=["plain", "licences"])
@given(column=texts, kind=st.sampled_from([pa.string(), pa.large_string()]), skipped=st.integers(0, 2))
def test_tokens_are_the_words_and_single_letters_of_each_text(
    roles: Array, column: list[str | None], kind: pa.DataType, skipped: int
) -> None:
    tokens = tokenise(pa.array(column, kind).slice(min(skipped, len(column))), roles)
    expected = [plainly(text or "", roles) for text in column[skipped:]]
    assert tokens.counts.tolist() == [len(found) for found in expected]
    flat = [token for found in expected for token in found]
    assert list(zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)) == [(begin, end) for _, begin, end in flat]
    meant = {(word, value) for (word, _, _), value in zip(flat, tokens.hashes.tolist(), strict=True)}
    assert len(meant) == len({word for word, _ in meant}) == len({value for _, value in meant})


def test_the_hash_of_a_token_never_changes() -> None:
    tokens = tokenise(pa.array(["Licence licence 日"]), plain_alphabet())
    assert tokens.hashes.dtype == np.uint64
    assert [f"{value:016x}" for value in tokens.hashes.tolist()] == ["62164197cba49e9c", "62164197cba49e9c", "fcf4b5462a1e6424"]
