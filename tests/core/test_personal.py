"""Personal data: what is found, where, how sure, and that nothing of it is written down."""

import gzip
import json
import os
import socket
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import personal
from muniment.core.findings import Span, surest
from muniment.core.lines import LONGEST, lines
from muniment.core.recognisers import recognisers
from muniment.schemas.evidence import FINDING

DATA = Path(os.environ.get("MUNIMENT_DATA", Path(__file__).parents[3] / "shared" / "data")) / "pii"
DETECTOR = personal.detector(b"a key")
WORDS = st.lists(
    st.sampled_from(
        [
            "call",
            "phone",
            "born 01/02/1990",
            "joe@example.org",
            "4111 1111 1111 1111",
            "+44 20 7946 0958",
            "GB82 WEST 1234 5698 7654 32",
            "078-05-1120",
            "license D1234567",
            "10.20.30.40",
            "2001:db8::1",
            "account 12345678901",
            "€",
            "🙂",
            "a1b2c3",
            "www.example.org",
        ]
    ),
    max_size=8,
)


def table(*texts: str) -> pa.Table:
    ids = [f"{number:03d}" for number in range(len(texts))]
    return pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())})


def found(text: str) -> dict[str, tuple[str, float]]:
    """Type → (value, score) of what is found in one text."""
    rows = DETECTOR.detect(table(text)).to_pylist()
    return {row["type"]: (text[row["start"] : row["end"]], round(row["score"], 2)) for row in rows}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write to Jo.Doe@example.org!", "EMAIL_ADDRESS", "Jo.Doe@example.org"),
        ("card 4111 1111 1111 1111 please", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("ring (212) 555-0199 ext", "PHONE_NUMBER", "(212) 555-0199"),
        ("Tel.: 030 23125 148", "PHONE_NUMBER", "030 23125 148"),
        ("pay GB82 WEST 1234 5698 7654 32 now", "IBAN_CODE", "GB82 WEST 1234 5698 7654 32"),
        ("from 81.2.69.142 at", "IP_ADDRESS", "81.2.69.142"),
        ("from 2a00:1450:4001:81b::200e at", "IP_ADDRESS", "2a00:1450:4001:81b::200e"),
        ("from ::ffff:81.2.69.142 at", "IP_ADDRESS", "::ffff:81.2.69.142"),
        ("SSN 078-05-1121", "US_SSN", "078-05-1121"),
        ("driver's license\nD1234567", "US_DRIVER_LICENSE", "D1234567"),
    ],
)
def test_a_value_is_found_with_its_place(text: str, kind: str, value: str) -> None:
    assert found("🙂 ünïcode\n\n" + text)[kind][0] == value


@pytest.mark.parametrize(
    "text",
    [
        "a card that no checksum confirms: 4111 1111 1111 1112",
        "build 12345678 of 987654321, A1234567",
        "this software license D1234567",
        "median 116.8684959412 ms",
        "listening on 127.0.0.1 and ::1",
        "every second one, a[1::2] and add::flow",
        "id e7e0b748-9194-4d71-9343-cd65218848f",
    ],
)
def test_numbers_that_are_nobodys_are_not_findings(text: str) -> None:
    assert found(text) == {}


def test_a_context_word_makes_a_match_surer() -> None:
    assert found("seen at 81.2.69.142")["IP_ADDRESS"][1] < found("the IP is 81.2.69.142")["IP_ADDRESS"][1]


def test_a_context_word_in_another_document_does_not_count() -> None:
    rows = DETECTOR.detect(table("my bank account", "99999999")).to_pylist()
    assert rows == []
    assert set(found("my bank account\n99999999")) == {"US_BANK_NUMBER"}


def test_the_host_in_an_address_is_not_a_finding_of_its_own() -> None:
    assert set(found("joe@example.org")) == {"EMAIL_ADDRESS"}


def test_evidence_holds_a_keyed_hash_and_never_the_value() -> None:
    one = DETECTOR.detect(table("Joe@Example.org", "and joe@example.org"))
    other = personal.detector(b"another key").detect(table("joe@example.org"))
    hashes = one["keyed_hash"].to_pylist()
    assert hashes[0] == hashes[1] != other["keyed_hash"][0].as_py()
    assert "example" not in str(one.to_pylist()).lower()
    assert "a key" not in json.dumps(dict(DETECTOR.settings))
    assert DETECTOR.digest != personal.detector(b"another key").digest


def test_evidence_is_sorted_and_of_the_schema() -> None:
    evidence = DETECTOR.detect(table("b@example.org a@example.org", "", "c@example.org"))
    assert evidence.schema == FINDING
    keys = [(row["doc_id"], row["start"]) for row in evidence.to_pylist()]
    assert keys == sorted(keys) and len(keys) == 3
    assert DETECTOR.detect(table()).schema == FINDING


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a detector opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    recognisers.cache_clear()
    assert "EMAIL_ADDRESS" in found("a@new-host.example.co.uk")


def test_a_line_of_a_megabyte_is_read_in_pieces() -> None:
    text = "x" * 500_000 + " joe@example.org " + "y@" * 1000 + "z" * 500_000
    assert found(text)["EMAIL_ADDRESS"][0] == "joe@example.org"


@given(st.lists(st.text(st.sampled_from("ab \t\n🙂"), max_size=2 * LONGEST // 100), max_size=5), st.integers(1, 3))
def test_lines_know_their_place(texts: list[str], times: int) -> None:
    texts = [text * times * 20 for text in texts]
    frame = lines(table(*texts))
    for row, start, line, _ in frame.iter_rows():
        assert texts[row][start : start + len(line)] == line and "\n" not in line and len(line) <= LONGEST
    kept = ["".join(frame.filter(pl.col("row") == row)["line"]) for row in range(len(texts))]
    assert ["".join(one.split()) for one in kept] == ["".join(text.split()) for text in texts]


def _all_spans(documents: pa.Table, gated: bool) -> list[Span]:
    frame = lines(documents)
    if gated:
        return sorted({s for each in recognisers(personal.HOME, personal.ABROAD, 0.35) for s in personal._spans(each, frame, 0.35)})
    ungated = [
        type(each)(each.type, "", each.context, False, each.presidio) for each in recognisers(personal.HOME, personal.ABROAD, 0.35)
    ]
    return sorted({s for each in ungated for s in personal._spans(each, frame, 0.35)})


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, max_size=4))
def test_the_gate_loses_nothing(words: list[list[str]]) -> None:
    documents = table("\n".join(" ".join(line) for line in words))
    assert _all_spans(documents, gated=True) == _all_spans(documents, gated=False)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs labelled data")
@pytest.mark.parametrize("name", ["presidio_synth_v2", "meddocan_dev_es"])
def test_the_gate_loses_nothing_of_labelled_data(name: str) -> None:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as stream:
        texts = [json.loads(line)["text"] for line in stream]
    documents = table(*texts[:: max(1, len(texts) // 40)])
    assert _all_spans(documents, gated=True) == _all_spans(documents, gated=False)


SPANS = st.lists(
    st.builds(
        lambda row, start, size, kind, score: Span(row, start, start + size, kind, score),
        *(
            st.integers(0, 1),
            st.integers(0, 20),
            st.integers(1, 8),
            st.sampled_from(["URL", "A", "B"]),
            st.sampled_from([0.4, 0.6, 1.0]),
        ),
    ),
    max_size=12,
)


@given(SPANS)
def test_what_is_dropped_lies_inside_something_surer_that_stays(spans: list[Span]) -> None:
    kept = surest(spans)
    for span in set(spans) - set(kept):
        assert any(
            other.row == span.row and other.start <= span.start and other.end >= span.end and other.score >= span.score
            for other in kept
        )
    assert surest(kept) == kept
