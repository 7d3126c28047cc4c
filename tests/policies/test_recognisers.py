"""Recognisers as data: what a file may say, what is told about a wrong one, and that those that ship do as their examples say."""

import re
from typing import Any

import pytest
from tests.personal import table

from muniment.core import personal
from muniment.core.personal import phones
from muniment.core.personal.patterns import compiled, wrong_examples
from muniment.core.personal.validators import validator
from muniment.errors import PolicyError
from muniment.evaluate.personal import STRUCTURED
from muniment.policies.recognisers import SHIPPED, Recogniser, parse, shipped

FILE = """
languages = ["de"]

[[recogniser]]
id = "staff_number"
type = "STAFF_NUMBER"
pattern = 'P-(?P<value>\\d{4})'
near = 0.9
context = ["personal", "staff no"]
examples = ["Personal P-1234"]
counterexamples = ["P-1234"]
"""
PLAIN: dict[str, Any] = {"id": "own_rule", "type": "OWN", "pattern": r"\d{4}", "score": 0.5, "examples": ("1234",)}


def made(**fields: Any) -> Recogniser:
    return Recogniser.model_validate({**PLAIN, **fields})


def test_the_shipped_ones_do_as_their_examples_say() -> None:
    assert wrong_examples(shipped()) == []


def test_the_shipped_ones_have_ids_of_their_own_and_known_languages() -> None:
    ids = [each.id for each in shipped()]
    assert len(ids) == len(set(ids))
    assert {code for each in shipped() for code in each.languages} == set(phones.REGIONS) == set(SHIPPED) - {"everywhere"}


def test_what_the_shipped_ones_find_is_scored_as_structured_or_is_a_place_or_a_date() -> None:
    assert {each.type for each in shipped()} - set(STRUCTURED) <= {"LOCATION", "DATE_TIME", "PERSON", "IMEI"}


def test_no_shipped_one_finds_nothing_and_none_is_without_a_counterexample_that_needs_one() -> None:
    for each in shipped():
        assert each.score >= 0.35 or each.near >= 0.35, each.id
        assert each.score >= 0.6 or each.counterexamples or each.validator, each.id


@pytest.mark.parametrize("each", shipped(), ids=lambda each: each.id)
def test_no_shipped_pattern_takes_an_empty_value_or_a_line_end(each: Recogniser) -> None:
    (ready,) = compiled((each,))
    assert ready.pattern.search("") is None
    assert all(match[0].strip() for text in each.examples for match in ready.pattern.finditer(text))


def test_a_file_gives_its_languages_to_those_that_name_none() -> None:
    (one,) = parse(FILE)
    assert one.languages == ("de",) and wrong_examples([one]) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "Own Rule"}, "id"),
        ({"type": "own"}, "type"),
        ({"pattern": "(a"}, "the pattern is wrong"),
        ({"score": 1.5}, "score"),
        ({"score": 0.0}, "give a score"),
        ({"score": 0.0, "near": 0.5}, "give a score"),
        ({"failed": 0.4}, "failed needs a validator"),
        ({"examples": ()}, "examples"),
        ({"category": "politics"}, "category"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_told(change: dict[str, Any], told: str) -> None:
    fields = {**PLAIN, **change}
    lines = [f"{name} = {list(value) if isinstance(value, tuple) else value!r}" for name, value in fields.items()]
    with pytest.raises(PolicyError, match=told):
        parse("[[recogniser]]\n" + "\n".join(lines), "own.toml")


def test_what_is_not_toml_is_told() -> None:
    with pytest.raises(PolicyError, match=r"own\.toml is not TOML"):
        parse("[[recogniser", "own.toml")


def test_an_example_that_does_not_hold_is_told_by_its_number_and_never_by_its_text() -> None:
    wrong = wrong_examples([made(examples=("1234", "none", "1234 5678"), counterexamples=("12", "9876"))])
    assert wrong == [
        "own_rule: finds 0 values in its example 2, not one",
        "own_rule: finds 2 values in its example 3, not one",
        "own_rule: finds 1 values in its counterexample 2",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"pattern": r"(?(1)a|b)(c)?"},
        {"pattern": r"(?:a{1000}){1000}\w{900}"},
        {"pattern": r"a{b}"},
        {"validator": "no_such_check"},
        {"validator": "os.path"},
        {"validator": "es.no_such_number"},
    ],
)
def test_one_that_cannot_run_is_refused_before_it_does(change: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match=r"own_rule|validator"):
        personal.detector(b"a key", [made(**change)])


def test_validators_are_ours_or_those_of_python_stdnum() -> None:
    assert validator("es.dni")("54362315K") and not validator("es.dni")("54362315A")
    assert validator("card")("4111 1111 1111 1111") and not validator("card")("4111 1111 1111 1112")


def test_a_policys_own_recogniser_runs_beside_the_shipped_ones_and_changes_the_digest() -> None:
    plain, more = personal.detector(b"a key"), personal.detector(b"a key", parse(FILE))
    text = "Schreiben Sie bitte an jo@mail.org oder rufen Sie an, Personal P-1234, wegen der neuen Bestellung im Lager."
    assert {row["rule"] for row in more.detect(table(text)).to_pylist()} == {"email", "staff_number"}
    assert plain.digest != more.digest
    assert more.digest == personal.detector(b"a key", parse(FILE)).digest


def test_one_with_the_id_of_a_shipped_one_takes_its_place() -> None:
    own = personal.detector(b"a key", [made(id="email", type="EMAIL_ADDRESS", pattern=r"\w+ at \w+", examples=("jo at home",))])
    rows = own.detect(table("jo@mail.org", "jo at home")).to_pylist()
    assert [(row["doc_id"], row["rule"]) for row in rows] == [("00001", "email")]


def test_examples_change_no_digest_and_everything_else_does() -> None:
    digest = personal.detector(b"a key", [made()]).digest
    assert digest == personal.detector(b"a key", [made(examples=("4321",), counterexamples=("x",))]).digest
    changes: list[dict[str, Any]] = [
        {"score": 0.6},
        {"pattern": r"\d{5}"},
        {"context": ("no",)},
        {"languages": ("de",)},
        {"category": "health"},
    ]
    assert len({digest, *(personal.detector(b"a key", [made(**each)]).digest for each in changes)}) == len(changes) + 1


def test_every_shipped_pattern_is_plain_enough_to_be_read() -> None:
    assert all(re.compile(each.pattern).groups < 20 for each in shipped())
