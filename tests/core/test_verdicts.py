"""Judging, against a reading of the policy that a person could do by hand."""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.verdicts import MISSING, judge
from muniment.policies.policy import Policy, default, parse
from muniment.schemas.evidence import EVAL_HIT, FINDING, SIGNAL, TWIN
from muniment.schemas.source import Source
from muniment.schemas.verdict import SEVERITY, Action

POLICY = parse(default())
SOURCE = Source.model_validate({"id": "s", "kind": "folder", "location": "/x", "owner": "o", "steward": "d", "language": "en"})
RIGHTS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("licence", pa.string()),
        ("status", pa.string()),
        ("rights", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("reserved", pa.list_(pa.string())),
    ]
)
IDS = [f"{number:032x}" for number in range(4)]

doc = st.sampled_from(IDS)
score = st.sampled_from([0.0, 0.3, 0.4, 0.5, 0.6, 1.0])
findings = st.lists(
    st.tuples(doc, st.sampled_from(["EMAIL_ADDRESS", "SECRET_AWS_KEY", "IBAN_CODE", "US_SSN", "URL"]), score), max_size=80
)
signals = st.lists(
    st.tuples(
        doc, st.sampled_from(["words", "duplicate_line_ratio", "replacement_ratio"]), st.sampled_from([0.0, 0.01, 0.7, 19.0, 20.0])
    ),
    max_size=12,
)
languages = st.dictionaries(doc, st.tuples(st.sampled_from(["en", "de"]), score))
twins = st.dictionaries(
    doc, st.tuples(st.sampled_from(["exact", "near", "embedding"]), st.sampled_from([None, "numbers", "vendored"]))
)
rights = st.fixed_dictionaries(
    {
        name: st.sampled_from(
            [
                ("known", "MIT", ["COMMERCIAL_OK"]),
                ("known", "X", ["UNKNOWN"]),
                ("unknown", None, ["UNKNOWN"]),
                ("conflict", None, ["UNKNOWN"]),
                ("inherited", "N", ["NONCOMMERCIAL"]),
            ]
        )
        for name in IDS
    }
)


def tables(found: Any, measured: Any, spoken: Any, same: Any) -> dict[str, pa.Table]:
    base = {"detector": "d@1"}
    rows = [
        {**base, "doc_id": name, "rule": "x", "type": kind, "start": 0, "end": 1, "score": value, "keyed_hash": ""}
        for name, kind, value in found
    ]
    values = [{**base, "doc_id": name, "name": kind, "value": value} for name, kind, value in measured]
    values += [
        {**base, "doc_id": name, "name": "language", "value": value, "label": label} for name, (label, value) in spoken.items()
    ]
    pairs = [
        {
            **base,
            "doc_id": name,
            "canonical_id": "c",
            "kind": kind,
            "jaccard": 0.9,
            "estimate": 0.9,
            "spared": spared,
            "cluster": "c",
            "preferred": "",
            "parameters": "",
        }
        for name, (kind, spared) in same.items()
    ]
    return {
        "findings": pa.Table.from_pylist(rows, FINDING),
        "signals": pa.Table.from_pylist(values, SIGNAL),
        "twins": pa.Table.from_pylist(pairs, TWIN),
        "hits": EVAL_HIT.empty_table(),
    }


def documents() -> pa.Table:
    return pa.table({"doc_id": IDS, "media_type": ["text/plain"] * len(IDS)})


def papers(given_rights: Any) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"doc_id": name, "licence": licence, "status": status, "rights": "partial", "tags": tags, "reserved": []}
            for name, (status, licence, tags) in given_rights.items()
        ],
        RIGHTS,
    )


def by_hand(name: str, found: Any, measured: Any, spoken: Any, same: Any, given_rights: Any) -> set[str]:
    """Codes that hit one document, read off the default policy."""
    status, licence, tags = given_rights[name]
    scores = {
        kind: [value for doc, each, value in found if doc == name and each == kind]
        for kind in ("EMAIL_ADDRESS", "SECRET_AWS_KEY", "IBAN_CODE", "US_SSN")
    }
    of = {
        kind: [value for doc, each, value in measured if doc == name and each == kind]
        for kind in ("words", "duplicate_line_ratio", "replacement_ratio")
    }
    least = 0.4 - 1e-9
    hits = {
        "SECRET_FOUND": any(value >= 0.5 for value in scores["SECRET_AWS_KEY"]),
        "FINANCIAL_ID": any(value >= 0.6 - 1e-6 for value in scores["IBAN_CODE"]),
        "NATIONAL_ID": any(value >= 0.6 - 1e-6 for value in scores["US_SSN"]),
        "IDENTIFIER_UNSURE": any(least <= value < 0.6 - 1e-6 for value in [*scores["IBAN_CODE"], *scores["US_SSN"]]),
        "PERSONAL_CONTACT": any(value >= least for value in scores["EMAIL_ADDRESS"]),
        "PERSONAL_DENSE": sum(value >= least for value in scores["EMAIL_ADDRESS"]) >= 60,
        "LICENCE_UNKNOWN": status == "unknown",
        "LICENCE_CONFLICT": status == "conflict",
        "LICENCE_UNMAPPED": licence is not None and "UNKNOWN" in tags,
        "LICENCE_LIMITS_USE": "NONCOMMERCIAL" in tags,
        "DUPLICATE_EXACT": same.get(name) == ("exact", None),
        "DUPLICATE_NEAR": same.get(name) == ("near", None),
        "DUPLICATE_EMBEDDING": same.get(name) == ("embedding", None),
        "DUPLICATE_VENDORED": same.get(name) == ("exact", "vendored"),
        "TOO_SHORT": any(value < 20 for value in of["words"]),
        "REPETITIVE": any(value > 0.6 for value in of["duplicate_line_ratio"]),
        "GARBLED": any(value > 0.005 for value in of["replacement_ratio"]),
        "LANGUAGE_UNEXPECTED": name in spoken and spoken[name][0] != "en" and spoken[name][1] >= 0.6 - 1e-6,
    }
    return {code for code, hit in hits.items() if hit}


@settings(max_examples=120, deadline=None)
@given(findings, signals, languages, twins, rights)
def test_every_document_gets_the_codes_that_a_person_would_give(
    found: Any, measured: Any, spoken: Any, same: Any, given_rights: Any
) -> None:
    rows = judge(documents(), tables(found, measured, spoken, same), papers(given_rights), SOURCE, POLICY).to_pylist()
    assert [row["doc_id"] for row in rows] == IDS
    rules = POLICY.by_code()
    for row in rows:
        codes = by_hand(row["doc_id"], found, measured, spoken, same, given_rights)
        assert set(row["reasons"]) == codes
        strictest = max((rules[code].action for code in codes), key=SEVERITY.__getitem__, default=Action.ACCEPT)
        assert row["action"] == strictest


def empty() -> dict[str, pa.Table]:
    return tables([], [], {}, {})


def known() -> pa.Table:
    return papers(dict.fromkeys(IDS, ("known", "MIT", ["COMMERCIAL_OK"])))


def test_missing_evidence_holds_every_document() -> None:
    rows = judge(documents(), empty(), known(), SOURCE, POLICY, missing=True).to_pylist()
    assert all(row["action"] == "hold" and row["reasons"] == [MISSING] for row in rows)


def test_no_documents_give_no_verdicts() -> None:
    assert judge(documents().slice(0, 0), empty(), known().slice(0, 0), SOURCE, POLICY).num_rows == 0


def test_a_guidance_rule_is_reported_and_changes_nothing() -> None:
    guided = POLICY.model_copy(update={"rule": tuple(rule.model_copy(update={"enforced": False}) for rule in POLICY.rule)})
    rows = judge(documents(), tables([(IDS[0], "US_SSN", 1.0)], [], {}, {}), known(), SOURCE, guided).to_pylist()
    assert (rows[0]["action"], rows[0]["reasons"]) == ("accept", ["NATIONAL_ID"])


@pytest.mark.parametrize(
    ("only", "hit"),
    [
        ({"sources": ["other"]}, False),
        ({"sources": ["s"]}, True),
        ({"media_types": ["text/html"]}, False),
        ({"lanes": ["standard"]}, True),
    ],
)
def test_a_rule_applies_only_in_its_scope(only: dict[str, list[str]], hit: bool) -> None:
    rule = {"code": "ALWAYS_HELD", "action": "hold", "why": "a rule for this test", "always": True, "only": only}
    policy = Policy.model_validate({**POLICY.model_dump(), "rule": [rule]})
    assert all((row["action"] == "hold") == hit for row in judge(documents(), empty(), known(), SOURCE, policy).to_pylist())


def finding(detector: str, kind: str, start: int, end: int, score: float, **more: Any) -> dict[str, Any]:
    told = {"doc_id": IDS[0], "detector": detector, "rule": "x", "type": kind, "start": start, "end": end, "score": score}
    return {**told, "keyed_hash": "", **more}


def reasons(*found: dict[str, Any], ran: Collection[str] = ()) -> list[str]:
    evidence = {**empty(), "findings": pa.Table.from_pylist(list(found), FINDING)}
    return list(judge(documents(), evidence, known(), SOURCE, POLICY, ran=ran).to_pylist()[0]["reasons"])


@pytest.mark.parametrize(
    ("other", "hit"),
    [
        (finding("secrets@2", "SECRET_KEY", 10, 30, 0.9), True),
        (finding("secrets@2", "SECRET_KEY", 18, 40, 0.9), False),  # they share too little
        (finding("secrets@2", "URL", 10, 30, 0.9), False),  # they agree
        (finding("scanner@1", "SECRET_TOKEN", 10, 30, 0.9), True),
        (finding("personal@2", "SECRET_KEY", 10, 30, 0.9), False),  # one detector with itself
        (finding("secrets@2", "SECRET_KEY", 10, 30, 0.4), False),  # one of them is not sure
        (finding("secrets@2", "SECRET_KEY", 10, 30, 0.9, doc_id=IDS[1]), False),
    ],
)
def test_detectors_that_take_one_place_for_two_things_disagree(other: dict[str, Any], hit: bool) -> None:
    assert ("DETECTORS_DISAGREE" in reasons(finding("personal@2", "URL", 10, 30, 0.8), other)) is hit


def test_two_names_for_a_secret_are_no_disagreement() -> None:
    same = finding("secrets@2", "SECRET_KEY", 10, 30, 0.9), finding("scanner@1", "SECRET_TOKEN", 10, 30, 0.6)
    assert reasons(*same, ran=("secrets", "scanner")) == ["SECRET_FOUND"]


OURS = finding("secrets@2", "SECRET_KEY", 10, 30, 0.9)


@pytest.mark.parametrize(
    ("found", "hit"),
    [
        ([OURS], True),
        ([finding("scanner@1", "SECRET_TOKEN", 0, 9, 0.6)], True),
        ([OURS, finding("scanner@1", "SECRET_TOKEN", 30, 40, 0.6)], True),  # beside each other
        ([OURS, finding("scanner@1", "SECRET_TOKEN", 29, 40, 0.6)], False),
        ([OURS, finding("scanner@1", "SECRET_TOKEN", 12, 14, 0.1)], False),  # however unsure the other is
        ([OURS, finding("scanner@1", "SECRET_TOKEN", 10, 30, 0.6), finding("scanner@1", "SECRET_TOKEN", 50, 60, 0.6)], True),
        ([OURS, finding("scanner@1", "SECRET_TOKEN", 10, 30, 0.6, doc_id=IDS[1])], True),
        ([finding("secrets@2", "SECRET_KEY", 10, 30, 0.4)], False),  # not sure enough to miss an answer
        ([finding("personal@2", "URL", 10, 30, 0.9)], False),
        ([], False),
    ],
)
def test_what_one_of_two_scanners_alone_finds_is_told_where_both_have_looked(found: list[dict[str, Any]], hit: bool) -> None:
    assert ("SCANNERS_DISAGREE" in reasons(*found, ran=("personal", "scanner", "secrets"))) is hit
    assert "SCANNERS_DISAGREE" not in reasons(*found, ran=("personal", "secrets"))


places = st.tuples(st.sampled_from(IDS), st.sampled_from(["secrets@2", "scanner@1"]), st.integers(0, 40), st.integers(1, 9), score)


@given(st.lists(places, max_size=12))
def test_alone_is_what_shares_no_character_with_the_other(found: list[tuple[str, str, int, int, float]]) -> None:
    def alone(name: str, by: str, start: int, size: int, sure: float) -> bool:
        others = [each for each in found if each[0] == name and each[1] != by]
        return sure >= 0.5 and not any(each[2] < start + size and start < each[2] + each[3] for each in others)

    rows = [finding(by, "SECRET_KEY", start, start + size, sure, doc_id=name) for name, by, start, size, sure in found]
    evidence = {**empty(), "findings": pa.Table.from_pylist(rows, FINDING)}
    told = judge(documents(), evidence, known(), SOURCE, POLICY, ran=("scanner", "secrets")).to_pylist()
    expected = {each[0] for each in found if alone(*each)}
    assert {row["doc_id"] for row in told if "SCANNERS_DISAGREE" in row["reasons"]} == expected


def test_a_special_category_is_stricter_than_the_type_alone() -> None:
    assert reasons(finding("p@1", "PHONE_NUMBER", 0, 9, 0.8)) == ["PERSONAL_CONTACT"]
    assert reasons(finding("p@1", "PHONE_NUMBER", 0, 9, 0.8, category="health")) == ["HEALTH_DATA", "PERSONAL_CONTACT"]


def test_a_finding_can_be_asked_for_by_its_rule() -> None:
    assert reasons(finding("p@1", "LOCATION", 0, 9, 0.6, rule="street_en")) == ["PERSONAL_ADDRESS"]
    assert reasons(finding("p@1", "LOCATION", 0, 9, 0.6, rule="es_postcode")) == []
