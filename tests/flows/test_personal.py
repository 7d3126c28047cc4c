"""Personal data from a policy's recognisers to verdicts: looked for as policy says, held where it is unsure, told where detectors disagree."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import PolicyError
from muniment.policies.policy import default, parse
from muniment.schemas.evidence import FINDING
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.announce import disagreements
from muniment.tasks.judge import standing
from muniment.tasks.trial import try_policy

Register = Callable[..., Source]
STAFF = r"""
[[rule]]
code = "STAFF_NUMBER"
action = "redact"
finding = { types = ["STAFF_NUMBER"] }
why = "Staff numbers are for the people team alone."

[[personal.recogniser]]
id = "staff_number"
type = "STAFF_NUMBER"
pattern = '(?<!\w)ST-\d{6}(?!\w)'
score = 0.8
examples = ["ask ST-123456"]
counterexamples = ["ST-1234567"]
"""
COMPATIBLE = """
[personal]
mode = "compatible"

[[personal.presidio]]
name = "StaffRecognizer"
supported_entity = "STAFF_NUMBER"
patterns = [{ name = "staff", regex = 'ST-\\d{6}\\b', score = 0.8 }]

[[personal.presidio]]
name = "ShelfRecognizer"
supported_entity = "SHELF"
patterns = [{ name = "shelf", regex = '(?:about){e<=1} the shelves', score = 0.7 }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One document for each thing that can be found."""
    texts = {
        "staff.md": "Ask ST-482113 about the shelves.",
        "unsure.md": "The card number: 4111 1111 1111 1112 was refused at the till.",
        "health.md": "The patient can be reached under 030 23125 148, Tel. of the ward.",
        "address.md": "She lives at 12 Garden Street, Apt. 7, and walks to work.",
        "login.md": 'smtp_password = "Kx9.tulpe7@blumen-post.de" in the old settings.',
        "plain.md": "Nothing is said of anybody here.",
    }
    for number, (name, text) in enumerate(texts.items()):
        words = " ".join(f"{word}{number}" for word in TRAVEL.split())  # otherwise they would be duplicates
        write(tmp_path / "files" / name, f"{LICENCE}# {name}\n\n{text}\n\n{words}\n")
    return tmp_path / "files"


def root_findings(uri: str, kind: str) -> int:
    root = open_root(uri)
    shards = standing(root)[0].shards
    return sum(root.lake.read(each.evidence["personal"], FINDING)["type"].to_pylist().count(kind) for each in shards)


def reasons(uri: str) -> dict[str, int]:
    return dict(standing(open_root(uri))[0].reasons)


def test_what_is_unsure_or_of_a_special_category_is_held(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    told = flows.capture("handbook", root=uri).reasons
    assert {"IDENTIFIER_UNSURE": 1, "HEALTH_DATA": 1, "PERSONAL_ADDRESS": 1}.items() <= told.items()


def test_a_policy_brings_its_own_recogniser_and_try_shows_what_it_would_change(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    flows.capture("handbook", root=uri)
    assert try_policy(uri, parse(default() + STAFF)).gained == {"STAFF_NUMBER": 1}
    assert "STAFF_NUMBER" not in reasons(uri)
    policies.put_in_force(open_root(uri), default() + STAFF)
    assert flows.capture("handbook", root=uri).reasons["STAFF_NUMBER"] == 1


def test_a_recogniser_that_does_not_hold_to_its_examples_is_refused(uri: str) -> None:
    wrong = (default() + STAFF).replace("ask ST-123456", "ask ST-1")
    with pytest.raises(PolicyError, match="staff_number: finds 0 values in its example 1"):
        policies.put_in_force(open_root(uri), wrong)


@pytest.mark.parametrize(
    ("personal", "said"),
    [
        ('[personal]\nwithout = ["no_such"]', "no recogniser that ships is called no_such"),
        ('[personal]\nmode = "compatible"\nwithout = ["email"]', "belong to the default mode"),
        (
            "[[personal.recogniser]]\nid = 'x_y_z'\ntype = 'XX'\npattern = '('\nscore = 1\nexamples = ['a']",
            "the pattern is wrong at 0",
        ),
        ("[[personal.recogniser]]\nid = 'x_y_z'\ntype = 'XX'\npattern = 'a'\nexamples = ['a']", "give a score, or context words"),
    ],
)
def test_a_wrong_part_about_personal_data_is_named(personal: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        parse(default() + "\n" + personal)


def test_a_validator_that_does_not_exist_is_named(uri: str) -> None:
    with pytest.raises(PolicyError, match=r"no validator 'es\.nothing'"):
        policies.checked(default() + STAFF + 'validator = "es.nothing"\n')


def test_compatible_mode_finds_what_presidio_finds_and_what_is_registered_with_it(
    uri: str, folder: Path, register: Register
) -> None:
    register(folder)
    flows.capture("handbook", root=uri)
    policies.put_in_force(open_root(uri), default() + COMPATIBLE)
    assert flows.capture("handbook", root=uri).detected == 6  # another way of looking is another detector
    found = [root_findings(uri, kind) for kind in ("STAFF_NUMBER", "SHELF")]
    assert found == [1, 1]


def test_the_page_of_recognisers_says_which_have_no_gate(uri: str) -> None:
    policies.put_in_force(open_root(uri), default() + COMPATIBLE)
    told = {each.recogniser: (each.reach, each.why) for each in policies.gates(policies.current(open_root(uri)).personal)}
    assert told["ShelfRecognizer"][0] == "ungated" and "shelf" in told["ShelfRecognizer"][1]
    assert {reach for name, (reach, _) in told.items() if name != "ShelfRecognizer"} == {"lines"}


def test_a_recogniser_that_presidio_refuses_is_named(uri: str) -> None:
    with pytest.raises(PolicyError, match="StaffRecognizer"):
        policies.put_in_force(open_root(uri), default() + COMPATIBLE.replace("ST-", "(ST-"))


def test_detectors_that_disagree_hold_the_document(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    judgement = flows.capture("handbook", root=uri).judgement
    judged = standing(open_root(uri))[0]
    assert judged.id == judgement and disagreements(judged, policies.current(open_root(uri))) == {"DETECTORS_DISAGREE": 1}
