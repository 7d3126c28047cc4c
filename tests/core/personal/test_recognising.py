"""Our own recognisers: what is found, where, how sure, in which language, and that nothing of it is written down."""

import json
import socket
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.personal import DETECTOR, FILES, corpus, found, kinds, needs_corpus, needs_labelled, records, table

from muniment.core import personal
from muniment.core.lines import lines
from muniment.core.personal import screen
from muniment.core.personal.patterns import compiled
from muniment.policies.recognisers import Recogniser, shipped
from muniment.schemas.evidence import FINDING

GERMAN = "Bitte notieren Sie sich das Folgende für unsere Unterlagen, denn wir brauchen es wieder, wenn Sie zurückkommen: {} und vielen Dank."
ENGLISH = "Please write down the following for our records, since we will need it again when you come back in the spring: {} and thank you."


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write to Jo.Doe@mail.org!", "EMAIL_ADDRESS", "Jo.Doe@mail.org"),
        ("card 4111 1111 1111 1111 please", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("pay GB82 WEST 1234 5698 7654 32 now", "IBAN_CODE", "GB82 WEST 1234 5698 7654 32"),
        ("from 81.2.69.142 at", "IP_ADDRESS", "81.2.69.142"),
        ("from 2a00:1450:4001:81b::200e at", "IP_ADDRESS", "2a00:1450:4001:81b::200e"),
        ("from ::ffff:81.2.69.142 at", "IP_ADDRESS", "::ffff:81.2.69.142"),
        ("SSN 078-05-1121", "US_SSN", "078-05-1121"),
        ("driver's license\nD1234567", "US_DRIVER_LICENSE", "D1234567"),
        ("MAC 3C-22-FB-9A-10-4E", "MAC_ADDRESS", "3C-22-FB-9A-10-4E"),
    ],
)
def test_a_value_is_found_with_its_place(text: str, kind: str, value: str) -> None:
    assert (kind, value) in {each[:2] for each in found("🙂 ünïcode\n\n" + text)}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "build 12345678 of 987654321, A1234567",
            "this software license D1234567",
            "median 116.8684959412 ms",
            "listening on 127.0.0.1 and ::1",
        ),
        *(
            "every second one, a[1::2] and add::flow",
            "id e7e0b748-9194-4d71-9343-cd65218848f",
            "public D1234567",
            "duplicate key 123456789",
        ),
    ],
)
def test_numbers_that_are_nobodys_are_not_findings(text: str) -> None:
    assert found(text) == []


def test_a_context_word_makes_a_match_surer() -> None:
    assert found("seen at 81.2.69.142")[0][2] < found("the IP is 81.2.69.142")[0][2]


def test_a_number_that_fails_its_check_is_found_only_beside_a_word() -> None:
    assert found("4111 1111 1111 1112") == []
    ((kind, _, unsure),) = found("credit card 4111 1111 1111 1112")
    assert kind == "CREDIT_CARD" and unsure < found("credit card 4111 1111 1111 1111")[0][2]


def test_a_context_word_in_another_document_does_not_count() -> None:
    assert found("my bank account", "99999999") == []
    assert kinds("my bank account\n99999999") == {"US_BANK_NUMBER"}


def test_rules_of_a_language_run_in_its_documents_and_where_none_is_told() -> None:
    assert {"NATIONAL_ID"} == kinds("Steuer-ID 36574261809") == kinds(GERMAN.format("Steuer-ID 36574261809"))
    assert "US_SSN" in kinds("SSN 078-05-1121") & kinds(ENGLISH.format("SSN 078-05-1121"))
    assert "US_SSN" not in kinds(GERMAN.format("SSN 078-05-1121"))


def test_a_rule_for_told_languages_does_not_run_where_none_is_told() -> None:
    assert "POSTCODE" in kinds(GERMAN.format("er wohnt in 10115 Berlin"))
    assert "POSTCODE" not in kinds("in 10115 Berlin")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("the patient wrote from jo@mail.org", "health"),
        ("Diagnose:\njo@mail.org", "health"),
        ("the pupil jo@mail.org", "children"),
        ("jo@mail.org about her salary", "finance"),
        ("impatient jo@mail.org", None),
        ("the patient left\n\n\njo@mail.org", None),
        ("jo@mail.org", None),
    ],
)
def test_words_around_tell_a_special_category(text: str, category: str | None) -> None:
    (row,) = DETECTOR.detect(table(text)).to_pylist()
    assert row["category"] == category


def test_a_recognisers_own_category_stands() -> None:
    rows = DETECTOR.detect(table("the patient pays with GB82 WEST 1234 5698 7654 32")).to_pylist()
    assert [row["category"] for row in rows] == ["finance"]


STREETS = (
    "12 Baker Street",
    "742 Evergreen Terrace, Apt 5",
    "12 Main St,\nSpringfield, IL 62704",
    "1 Main Street\nSuite 200\nBoston\nMA 02101",
    "12 Main St,",
)


@pytest.mark.parametrize("ends", ["", "\n", ",", ", \n ", "\r\n", " \n\n\n", "\nA", "\n1234", "\nApt", ",\nX\n,\nY\n,\nZ"])
@pytest.mark.parametrize("street", STREETS)
def test_an_address_over_lines_never_runs_past_its_text(street: str, ends: str) -> None:
    texts = [street + ends, "x " + street + ends, street + ends + "\n" + street]
    rows = DETECTOR.detect(table(*texts)).to_pylist()
    assert any(row["type"] == "LOCATION" for row in rows)
    for row in rows:
        text = texts[int(row["doc_id"])]
        assert (
            0 <= row["start"] < row["end"] <= len(text)
            and text[row["start"] : row["end"]].strip() == text[row["start"] : row["end"]]
        )


def test_an_address_takes_its_unit_and_postcode_from_the_lines_below() -> None:
    text = "Send it to 742 Main Street,\nApt 5\nSpringfield 62704\nthank you"
    assert ("LOCATION", "742 Main Street,\nApt 5\nSpringfield 62704") in {each[:2] for each in found(text)}
    crlf = text.replace("\n", "\r\n")
    assert ("LOCATION", "742 Main Street,\r\nApt 5\r\nSpringfield 62704") in {each[:2] for each in found(crlf)}


def test_evidence_holds_a_keyed_hash_and_never_the_value() -> None:
    one = DETECTOR.detect(table("Joe@Mail.org", "and joe@mail.org"))
    other = personal.detector(b"another key").detect(table("joe@mail.org"))
    hashes = one["keyed_hash"].to_pylist()
    assert hashes[0] == hashes[1] != other["keyed_hash"][0].as_py()
    assert "mail" not in str(one.to_pylist()).lower().replace("email", "")
    assert "a key" not in json.dumps(dict(DETECTOR.settings))
    assert DETECTOR.digest != personal.detector(b"another key").digest


def test_evidence_is_sorted_and_of_the_schema() -> None:
    evidence = DETECTOR.detect(table("b@mail.org a@mail.org", "", "c@mail.org"))
    assert evidence.schema == FINDING
    keys = [(row["doc_id"], row["start"]) for row in evidence.to_pylist()]
    assert keys == sorted(keys) and len(keys) == 3
    assert DETECTOR.detect(table()).schema == FINDING


def test_documents_in_pieces_give_the_same_as_in_one() -> None:
    documents = table("jo@mail.org", "x", "call +44 20 7946 0958")
    pieces = pa.concat_tables([documents.slice(0, 1), documents.slice(1)])
    assert pieces["text"].num_chunks == 2 and DETECTOR.detect(pieces).equals(DETECTOR.detect(documents))
    assert DETECTOR.detect(documents.slice(1)).to_pylist() == DETECTOR.detect(documents).to_pylist()[1:]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a detector opened a connection")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert {"EMAIL_ADDRESS", "URL"} <= kinds("a@new-host.example.co.uk and http://www.other-shop.co.nz/x")


def framed(texts: list[str]) -> pl.DataFrame:
    ascii = pl.col("line").str.len_bytes() == pl.col("line").str.len_chars()
    return lines(table(*texts)).with_columns(ascii.alias("ascii"))


def lost(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """What recognisers find without their gates and not with them, or the other way round, by their ids."""
    ready = compiled(shipped())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "_FEW", -1)  # few lines are else let through
        passed = screen.screened(ready, frame)
    found = {
        each.given.id: sorted(set(each.spans(frame)) ^ set(each.spans(hits))) for each, hits in zip(ready, passed, strict=True)
    }
    return {name: spans for name, spans in found.items() if spans}


@needs_labelled
def test_the_gates_lose_nothing_of_labelled_data() -> None:
    frame = framed([each["text"] for name in FILES for each in records(name)[::4]])
    assert lost(frame) == {}


@pytest.mark.slow
@needs_corpus
@needs_labelled
@pytest.mark.timeout(1800)
def test_the_gates_lose_nothing_of_any_data() -> None:
    frame = framed([each["text"] for name in FILES for each in records(name)] + corpus(3000))
    assert lost(frame) == {}


PIECES = tuple(sorted({text for each in shipped() for text in (*each.examples, *each.counterexamples, *each.context[:3])}))
MIXED = st.lists(
    st.tuples(
        st.sampled_from(PIECES),
        st.sampled_from((" ", "\n", ": ", ", ", "   ", "\t", "", "-", ".", "\xa0", " é ", "\u2028", "/", "_")),
    ).map("".join),
    max_size=8,
).map("".join)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MIXED, min_size=1, max_size=4))
def test_the_gates_lose_nothing_of_mixed_examples(texts: list[str]) -> None:
    frame = framed(texts)
    assert lost(frame) == {}


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MIXED, min_size=1, max_size=4))
def test_findings_lie_in_their_texts_and_are_the_same_in_any_company(texts: list[str]) -> None:
    together = DETECTOR.detect(table(*texts)).to_pylist()
    for row in together:
        text = texts[int(row["doc_id"])]
        value = text[row["start"] : row["end"]]
        assert 0 <= row["start"] < row["end"] <= len(text) and value.strip() and 0.35 <= row["score"] <= 1.0001
    alone = [
        row | {"doc_id": f"{number:05d}"} for number, text in enumerate(texts) for row in DETECTOR.detect(table(text)).to_pylist()
    ]
    assert alone == together


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(MIXED)
def test_few_lines_give_without_gates_what_they_give_with_them(text: str) -> None:
    few = DETECTOR.detect(table(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "_FEW", -1)
        assert DETECTOR.detect(table(text)).equals(few)


@pytest.mark.parametrize("each", [each for each in shipped() if each.validator], ids=lambda each: each.id)
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_a_pattern_matches_its_proof_can_judge(each: Recogniser, data: st.DataObject) -> None:
    """Digits of any script, letters of any case: a proof says yes or no and never fails."""
    (ready,) = compiled((each,))
    assert ready.proven is not None
    text = data.draw(st.sampled_from(each.examples + each.counterexamples))
    shift = data.draw(st.sampled_from(["", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]))
    text = text.translate(str.maketrans(dict(zip("0123456789", shift, strict=False)))) if shift else text
    place = data.draw(st.integers(0, len(text)))
    text = text[:place] + data.draw(st.sampled_from(["", "²", "ſ", "ß", "İ", "\x00", "-", " ", "٣", "ǅ", "."])) + text[place:]
    for match in ready.pattern.finditer(text):
        value = match["value"] if "value" in ready.pattern.groupindex else match[0]
        assert ready.proven(value or "") in (True, False)
