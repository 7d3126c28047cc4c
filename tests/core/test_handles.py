"""Handles: the same for the same, unlike for another judgement, and no id is left in what they stand in."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.handles import HANDLE, concealed, handle

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(IDS, IDS)
def test_a_handle_holds_for_one_judgement(doc_id: str, other: str) -> None:
    made = handle(b"key", "one", doc_id)
    assert HANDLE.fullmatch(made) and made == handle(b"key", "one", doc_id)
    assert made not in (handle(b"key", "two", doc_id), handle(b"other key", "one", doc_id), doc_id[:16])
    assert (made == handle(b"key", "one", other)) == (doc_id == other)


@given(st.lists(IDS, max_size=4), st.text(" `|,.", max_size=5))
def test_every_id_is_concealed(ids: list[str], between: str) -> None:
    text = f"`{f'`{between} `'.join(ids)}` judgement 5ea7a1802ffd952bd511"
    said = concealed(text, lambda each: handle(b"key", "one", each))
    assert not [each for each in ids if each in said]
    assert said.endswith("judgement 5ea7a1802ffd952bd511")
