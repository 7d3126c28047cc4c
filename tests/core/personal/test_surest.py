"""One reading of the same characters: what is kept, what is dropped for it, and what may stand inside of what."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import findings
from muniment.core.findings import Span, surest

KINDS = ("URL", "LOCATION", "A", "B")
SPANS = st.lists(
    st.builds(
        lambda row, start, size, kind, score: Span(row, start, start + size, kind, score),
        *(
            st.integers(0, 1),
            st.integers(0, 30),
            st.integers(1, 30),
            st.sampled_from(KINDS),
            st.sampled_from([0.35, 0.4, 0.6, 0.95, 1.0]),
        ),
    ),
    max_size=14,
)


def overlap(one: Span, other: Span) -> bool:
    return one.row == other.row and one.start < other.end and other.start < one.end


def is_place(span: Span) -> bool:
    return span.type in findings._PLACES


@settings(max_examples=400)
@given(SPANS)
def test_what_is_kept_of_one_kind_never_overlaps(spans: list[Span]) -> None:
    kept = surest(spans)
    for number, one in enumerate(kept):
        for other in kept[number + 1 :]:
            assert not overlap(one, other) or is_place(one) != is_place(other)


@settings(max_examples=400)
@given(SPANS)
def test_what_is_dropped_overlaps_something_kept_that_weighs_as_much(spans: list[Span]) -> None:
    kept = surest(spans)
    assert set(kept) <= set(spans) and len(kept) == len(set(kept))
    for span in set(spans) - set(kept):
        assert any(overlap(span, other) and findings._weight(other) >= findings._weight(span) for other in kept)


@settings(max_examples=300)
@given(SPANS, st.randoms())
def test_reading_twice_or_in_another_order_changes_nothing(spans: list[Span], random: object) -> None:
    kept = surest(spans)
    assert surest(kept) == kept
    random.shuffle(spans)  # type: ignore[attr-defined]
    assert surest(spans) == kept == sorted(kept, key=lambda span: (span.row, span.start, -span.end))


@settings(max_examples=300)
@given(SPANS)
def test_the_weightiest_reading_of_a_document_stays(spans: list[Span]) -> None:
    kept = surest(spans)
    for row in {span.row for span in spans}:
        best = max(findings._weight(span) for span in spans if span.row == row)
        assert any(span.row == row and findings._weight(span) == best for span in kept)


def test_the_host_of_an_address_goes_and_what_lies_in_a_place_stays() -> None:
    mail, host = Span(0, 0, 15, "EMAIL_ADDRESS", 1.0), Span(0, 4, 15, "URL", 0.5)
    assert surest([mail, host]) == [mail]
    url, ip = Span(0, 0, 40, "URL", 0.6), Span(0, 7, 19, "IP_ADDRESS", 0.5)
    assert surest([ip, url]) == [url, ip]
    street, town = Span(0, 0, 50, "LOCATION", 0.6), Span(0, 40, 50, "LOCATION", 0.85)
    assert surest([street, town]) == [street]


def test_a_number_that_is_part_of_a_longer_one_goes() -> None:
    phone, account = Span(0, 5, 17, "PHONE_NUMBER", 0.45), Span(0, 0, 22, "IBAN_CODE", 0.95)
    assert surest([phone, account]) == [account]


def test_spans_that_only_touch_stay_and_documents_do_not_disturb_each_other() -> None:
    spans = [Span(0, 0, 5, "A", 0.4), Span(0, 5, 9, "A", 1.0), Span(1, 0, 9, "A", 1.0)]
    assert surest(spans) == spans


def test_a_long_chain_of_overlaps_is_read_quickly() -> None:
    spans = [Span(0, place, place + 15, "A", 0.4 + place % 7 / 20) for place in range(0, 30_000, 10)]
    kept = surest(spans)
    assert len(kept) > 1000 and all(not overlap(*pair) for pair in pairwise(kept))
