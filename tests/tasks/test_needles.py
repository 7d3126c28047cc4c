"""What the verifier looks for is in no document that stays, however its bytes lie."""

import struct

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from muniment.tasks.erasure.needles import _values


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30), st.integers(0, 4), st.booleans())
def test_texts_are_seen_as_arrow_and_as_a_page_of_parquet_has_them(texts: list[str | None], first: int, large: bool) -> None:
    column = pa.array(texts, pa.large_string() if large else pa.string()).slice(first)
    held = [(text or "").encode() for text in texts[first:]]
    page = b"".join(struct.pack("<I", len(each)) + each for each in held)
    assert list(_values(column)) == ([b"".join(held), page] if held else [])
