"""A redacted text is searched again by the detectors that found its values, and nothing of what was taken out is there."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.detector import Detector
from muniment.core.redaction import redact
from muniment.core.redaction.offsets import Splice, to_captured
from muniment.core.redaction.pseudonyms import FORMATTED
from muniment.policies.redaction import Form, Redaction
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.tasks.detectors import detector

FORMS: tuple[Form, ...] = ("redact", "mask", "pseudonym")
KEY = b"pseudonyms"

digits = st.text("0123456789", min_size=1, max_size=9)
octet = st.integers(0, 255).map(str)
VALUES = st.one_of(
    st.builds("{}@{}.{}".format, st.sampled_from(["joe", "anna.maria", "x"]), st.sampled_from(["host", "a-b"]), st.sampled_from(["org", "co.uk"])),
    st.builds("{}.{}.{}.{}".format, octet, octet, octet, octet),
    st.sampled_from(["2a02:908:1391:9c00::1f", "fe80::1%eth0", "81.2.69.142/24", "::ffff:81.2.69.142"]),
    st.sampled_from(["4111 1111 1111 1111", "378282246310005", "5555-5555-5555-4444", "4111111111111112"]),
    st.sampled_from(["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR1420041010050500013M02606"]),
    st.sampled_from(["+49 30 901820", "(212) 555-0187", "020 7946 0958", "+1-212-555-0187", "030/901820"]),
    st.sampled_from(["078-05-1120", "536-90-4399", "900-70-0000", "943 476 5919", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"]),
    st.sampled_from(["https://joe:hunter2x9q@host.org/a?b=1", "www.host.org", "AKIAQ3EGRZ7XJ5VNT2PM", "password = 'q8Zr-tW2!mK'"]),
    digits,
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "call",
        "phone:",
        "ssn",
        "account",
        "bank",
        "write to",
        "card",
        "IP",
        "passport",
        "licence",
        "and",
        "Nr.",
        "postcode",
        "é",
        "🙂",
        "the",
    ]
)
JOINTS = st.sampled_from(["", " ", " ", ", ", " | ", "\t", "\n", "-", ".", ":", "=", "/", "@", "_", "%", '"', "(", "·"])
TEXTS = st.lists(st.tuples(VALUES | VALUES | WORDS, JOINTS), max_size=9).map(lambda parts: "".join(a + b for a, b in parts))
# What a value is put into, so that it stands in prose, in a table, beside its like, inside another.
FRAMES = st.sampled_from(["{}", "| name | {} | 7 |", "id;{};{}", "<{}>{}", "mailto:{}?cc={}", "Dear Joe, {}.\nYours, {}", "{}{}{}"])

# A call of the detectors costs more than a text: so many texts are looked at in one.
FRAMED = st.builds(lambda frame, text: frame.replace("{}", text), FRAMES, TEXTS)


@cache
def detectors() -> list[Detector]:
    """Both detectors as a root has them, under a fixed key."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    (folder / "keys").mkdir()
    (folder / "keys" / "keyring.json").write_text(json.dumps({"identity": "11" * 32, "signing": "22" * 32}))
    return [detector(str(folder), name) for name in ("personal", "secrets")]


def table(*texts: str) -> pa.Table:
    ids = pa.array([f"d{n}" for n in range(len(texts))], pa.string())
    return pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())})


def search(documents: pa.Table) -> pa.Table:
    """What both detectors find."""
    for field in DOCUMENT:
        if field.name not in documents.column_names:
            empty = pa.array([None if field.nullable else ""] * documents.num_rows, pa.string())
            documents = documents.append_column(field.name, empty) if pa.types.is_string(field.type) else documents
    return pa.concat_tables([each.detect(documents.select(each.reads)).cast(FINDING) for each in detectors()])


def only(*types: str) -> Callable[[pa.Table], pa.Table]:
    """The same for some types: the others may stay."""

    def look(documents: pa.Table) -> pa.Table:
        found = search(documents)
        return found.filter(pc.is_in(found["type"], pa.array(types)))

    return look


def check(texts: list[str], how: Redaction, wanted: Callable[[pa.Table], pa.Table]) -> None:
    documents = table(*texts)
    result = redact(documents, wanted(documents), how, KEY, wanted)
    rows = {row["doc_id"]: row for row in result.to_pylist()}
    for left in wanted(result.select(["doc_id", "text"])).to_pylist():
        row = rows[left["doc_id"]]
        splices = [Splice(**each) for each in row["splices"]]
        own = to_captured(splices, left["start"], left["end"]) in [(each.start, each.end) for each in splices]
        assert own and left["type"] in FORMATTED and how.form(left["type"]) == "pseudonym", (left["type"], row["text"])


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=8, deadline=None)
@given(texts=st.lists(FRAMED, min_size=8, max_size=24))
def test_a_redacted_text_yields_no_finding(form: Form, texts: list[str]) -> None:
    check(texts, Redaction(default=form), search)


@settings(max_examples=6, deadline=None)
@given(
    texts=st.lists(FRAMED, min_size=8, max_size=24),
    types=st.dictionaries(st.sampled_from(["EMAIL_ADDRESS", "IP_ADDRESS", "URL", "SECRET_*", "US_*"]), st.sampled_from(FORMS)),
)
def test_nor_when_types_are_replaced_differently(texts: list[str], types: dict[str, Form]) -> None:
    check(texts, Redaction(default="mask", types=types), search)


@settings(max_examples=6, deadline=None)
@given(texts=st.lists(FRAMED, min_size=8, max_size=24), form=st.sampled_from(FORMS))
def test_nor_when_only_some_types_are_taken_out(texts: list[str], form: Form) -> None:
    check(texts, Redaction(default=form), only("EMAIL_ADDRESS", "PHONE_NUMBER", "IP_ADDRESS"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text", ["joe@host.org", "joe@host.org/ann@host.org", "a joe@host.org. b", "<joe@host.org>", "mail:joe@host.org,x@y.de"]
)
def test_no_pseudonym_of_an_address_of_mail_is_taken_for_one(form: Form, text: str) -> None:
    wanted = only("EMAIL_ADDRESS", "URL")
    result = redact(table(text), wanted(table(text)), Redaction(default=form), KEY, wanted)
    assert result["redactions"][0].as_py() >= 1 and "joe" not in result["text"][0].as_py()
    assert search(result.select(["doc_id", "text"])).num_rows == 0


def found(pattern: str, kind: str) -> Callable[[pa.Table], pa.Table]:
    """A detector of one literal text."""

    def look(documents: pa.Table) -> pa.Table:
        rows = [
            {"doc_id": d, "detector": "x@1", "rule": "x", "type": kind, "start": at, "end": at + len(pattern), "score": 1.0, "keyed_hash": "h"}
            for d, text in zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True)
            if (at := text.find(pattern)) >= 0
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=FINDING)

    return look


def test_what_a_replacement_makes_with_its_neighbour_is_taken_out_too() -> None:
    joined = found("[A]12", "B")
    result = redact(table("x secret12 y"), found("secret", "A")(table("x secret12 y")), again=joined)
    assert result["text"].to_pylist() == ["x [B] y"]
    assert result["splices"].to_pylist() == [[{"start": 2, "end": 10, "length": 3}]]


def test_a_mask_that_is_found_again_becomes_a_tag() -> None:
    text = table("call secret")
    result = redact(text, found("secret", "A")(text), Redaction(default="mask"), again=found("s•••", "A"))
    assert result["text"].to_pylist() == ["call [A]"]


def test_a_text_in_which_something_new_is_found_each_time_is_taken_out_whole() -> None:
    text = table("secret " + "ab " * 40)
    result = redact(text, found("secret", "A")(text), again=found("ab", "B"))
    assert result["text"].to_pylist() == ["[B]"] and result["redactions"].to_pylist() == [1]


def test_a_tag_that_is_found_as_a_value_stays() -> None:
    text = table("call secret")
    assert redact(text, found("secret", "A")(text), again=found("A", "A"))["text"].to_pylist() == ["call [A]"]
