"""Redaction: nothing of a found span stays, nothing else is touched."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.redaction import mask, redact
from muniment.errors import Corrupt
from muniment.schemas.evidence import FINDING

TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=4)
# Found characters are all "§", which neither placeholders nor the rest of a text hold.
SPANS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(1, 12), st.sampled_from("AB"), st.sampled_from([0.4, 0.9])),
    max_size=8,
)


def documents(texts: list[str]) -> pa.Table:
    return pa.table(
        {"doc_id": pa.array([f"d{n}" for n in range(len(texts))], pa.string()), "text": pa.array(texts, pa.large_string())}
    )


def evidence(*spans: tuple[str, int, int, str, float]) -> pa.Table:
    rows = [
        {"doc_id": d, "detector": "x@1", "rule": "x", "type": t, "start": s, "end": e, "score": p, "keyed_hash": ""}
        for d, s, e, t, p in spans
    ]
    return pa.Table.from_pylist(rows, schema=FINDING)


def one(text: str, *spans: tuple[int, int, str, float]) -> str:
    result = redact(documents([text]), evidence(*(("d0", *span) for span in spans)))
    return str(result["text"][0])


@given(TEXTS, SPANS)
def test_what_was_found_is_gone_and_all_else_stays(texts: list[str], spans: list[tuple[int, int, int, str, float]]) -> None:
    texts = [text.replace("§", "").replace("[", "").replace("]", "") for text in texts]
    marked = [list(text) for text in texts]
    kept = []
    for row, start, size, kind, score in spans:
        if row < len(texts) and start + size <= len(texts[row]):
            kept.append((f"d{row}", start, start + size, kind, score))
            marked[row][start : start + size] = "§" * size
    result = redact(documents(["".join(text) for text in marked]), evidence(*kept))
    for before, after, count in zip(marked, result["text"].to_pylist(), result["redactions"].to_pylist(), strict=True):
        assert "§" not in after
        assert after.replace("[A]", "").replace("[B]", "") == "".join(before).replace("§", "")
        assert after.count("[") == count
    assert redact(result.select(["doc_id", "text"]), evidence())["text"] == result["text"]
    assert redact(documents(["".join(text) for text in marked]), evidence(*reversed(kept), *kept)) == result


def test_overlapping_findings_leave_no_tail_and_take_the_surest_name() -> None:
    assert one("call joe@host.org now", (5, 17, "EMAIL_ADDRESS", 1.0), (9, 13, "URL", 0.5)) == "call [EMAIL_ADDRESS] now"
    assert one("abcdefgh", (0, 4, "A", 0.5), (2, 6, "B", 0.9)) == "[B]gh"


def test_findings_that_touch_stay_apart() -> None:
    assert one("abcd", (0, 2, "A", 0.5), (2, 4, "B", 0.9)) == "[A][B]"


def test_offsets_are_code_points() -> None:
    assert one("🙂é joe!", (3, 6, "PERSON", 1.0)) == "🙂é [PERSON]!"


def test_documents_keep_their_order_and_evidence_about_others_is_ignored() -> None:
    result = redact(documents(["a", "b", "c"]), evidence(("d1", 0, 1, "X", 1.0), ("elsewhere", 0, 1, "X", 1.0)))
    assert result["text"].to_pylist() == ["a", "[X]", "c"] and result["redactions"].to_pylist() == [0, 1, 0]


def test_evidence_about_another_text_is_refused() -> None:
    with pytest.raises(Corrupt):
        one("short", (2, 9, "A", 1.0))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("joe@example.com", "j•••@e•••.com"),
        ("4111 1111 1111 1111", "4•••"),
        ("abc", "•••"),
        ("", "•••"),
        ("a@b.c", "•••"),
        ("joe@localhost", "j•••"),
    ],
)
def test_a_masked_value_shows_little(value: str, shown: str) -> None:
    assert mask(value) == shown


@given(st.text(min_size=6))
def test_a_mask_hides_the_length(value: str) -> None:
    assert len(mask(value)) <= 12 + len(value.rpartition(".")[2])
