"""Names and bytes that everything else rests on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.identity import document_id, keyed_hash
from muniment.schemas.canonical import canonical_json, digest

KEY = b"k" * 32
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(values)
def test_canonical_json_says_the_same_and_orders_keys(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_what_has_no_json_form_is_refused() -> None:
    for value in (float("nan"), float("inf"), {1, 2}, b"bytes"):
        with pytest.raises((ValueError, TypeError)):
            digest({"x": value})


@given(st.text(), st.text(), st.text(), st.text())
def test_an_id_depends_on_source_and_key_and_on_nothing_else(source: str, native: str, other_source: str, other: str) -> None:
    first = document_id(KEY, source, native)
    assert first == document_id(KEY, source, native) and len(first) == 32
    if "\0" not in source + native + other_source + other and (source, native) != (other_source, other):
        assert first != document_id(KEY, other_source, other)
    assert first != document_id(b"x" * 32, source, native)


def test_parts_are_not_confused_when_they_are_joined() -> None:
    assert keyed_hash(KEY, "ab", "c") != keyed_hash(KEY, "a", "bc")
