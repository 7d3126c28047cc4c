"""Offsets: a place in a redacted text and the place in the captured text are found from each other."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.redaction.offsets import Splice, to_captured, to_redacted

PARTS = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(1, 9)), max_size=6)


def splices_of(parts: list[tuple[int, int, int]]) -> tuple[list[Splice], int, int]:
    """Splices with gaps between them, some touching, and the sizes of both texts."""
    splices, place, grown = [], 0, 0
    for gap, size, length in parts:
        splices.append(Splice(place + gap, place + gap + size, length))
        place, grown = place + gap + size, grown + length - size
    return splices, place + 5, place + 5 + grown


def texts_of(splices: list[Splice], size: int) -> tuple[str, str]:
    """A captured text of distinct characters, and the redacted one."""
    captured = "".join(chr(0x4E00 + place) for place in range(size))
    pieces, place = [], 0
    for each in splices:
        pieces += [captured[place : each.start], "#" * each.length]
        place = each.end
    return captured, "".join([*pieces, captured[place:]])


@given(PARTS)
def test_every_kept_character_is_found_from_either_side(parts: list[tuple[int, int, int]]) -> None:
    splices, size, redacted_size = splices_of(parts)
    captured, redacted = texts_of(splices, size)
    assert len(redacted) == redacted_size
    for place, character in enumerate(redacted):
        start, end = to_captured(splices, place, place + 1)
        if character == "#":
            assert (start, end) in [(each.start, each.end) for each in splices]
        else:
            assert captured[start:end] == character
            assert to_redacted(splices, start, end) == (place, place + 1)


@given(PARTS)
def test_every_replaced_character_leads_to_its_whole_replacement(parts: list[tuple[int, int, int]]) -> None:
    splices, size, _ = splices_of(parts)
    _, redacted = texts_of(splices, size)
    for each in splices:
        for place in range(each.start, each.end):
            start, end = to_redacted(splices, place, place + 1)
            assert redacted[start:end] == "#" * each.length
            assert to_captured(splices, start, end) == (each.start, each.end)


@given(PARTS)
def test_order_is_kept_and_a_text_whole_stays_whole(parts: list[tuple[int, int, int]]) -> None:
    splices, size, redacted_size = splices_of(parts)
    for move, length in ((to_captured, redacted_size), (to_redacted, size)):
        starts = [move(splices, place, place)[0] for place in range(length + 1)]
        ends = [move(splices, place, place)[1] for place in range(length + 1)]
        assert starts == sorted(starts) and ends == sorted(ends)
        assert all(start <= end for start, end in zip(starts, ends, strict=True))
    assert to_captured(splices, 0, redacted_size) == (0, size) and to_redacted(splices, 0, size) == (0, redacted_size)


def test_without_replacements_nothing_moves() -> None:
    assert to_captured([], 3, 9) == (3, 9) == to_redacted([], 3, 9)
