"""Sample audits: what people say about a drawn document becomes a measured rate, and can close the green lane."""

import random
from pathlib import Path

import pytest
from tests.reviewed import approve, id_of, register
from tests.stories import prose, write

from muniment import flows
from muniment.errors import Forbidden, NotFound
from muniment.report.gates import rates
from muniment.schemas.ledger import EntryKind
from muniment.schemas.sample import Measured, Opinion, Sample
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.pack import find_judgement
from muniment.tasks.review.decide import approve_green, latest
from muniment.tasks.review.samples import audited, closed, draw, label, labels, reopen, sample

DOCUMENTS = 60


def gate(found: tuple[Measured, ...], name: str) -> Measured:
    """One gate's rates."""
    return next(each for each in found if each.gate == name)


def test_the_same_draw_is_the_same_sample_and_another_seed_another(reviewed: str) -> None:
    first = draw(reviewed, "handbook", 4, "dana")
    assert draw(reviewed, "handbook", 4, "robin") == first
    assert draw(reviewed, "handbook", 4, "dana", seed="b").id != first.id
    assert len([each for each in open_root(reviewed).ledger.since(0) if each.kind is EntryKind.SAMPLED]) == 2


def test_every_action_and_reason_is_seen(reviewed: str) -> None:
    drawn = draw(reviewed, "handbook", 1, "dana")
    assert {item.reasons for item in drawn.items} == {
        (),
        ("PERSONAL_CONTACT",),
        ("FINANCIAL_ID",),
        ("LICENCE_UNKNOWN",),
        ("SECRET_FOUND",),
    }
    assert sum(item.weight for item in drawn.items) == 5


def test_labels_are_kept_without_text_and_the_last_one_counts(reviewed: str) -> None:
    drawn, name = draw(reviewed, "handbook", 5, "dana"), id_of(reviewed, "garden.md")
    label(reviewed, drawn.id, name, Opinion.WRONG, "dana", "LICENCE_UNKNOWN")
    assert gate(audited(open_root(reviewed), "handbook").gates, "LICENCE_UNKNOWN").false_positives[0] == 1
    label(reviewed, drawn.id, name, Opinion.OK, "robin")
    label(reviewed, drawn.id, name, Opinion.OK, "robin")
    root = open_root(reviewed)
    assert gate(audited(root, "handbook").gates, "LICENCE_UNKNOWN").false_positives[0] == 0
    assert len(list(root.objects.list(f"samples/{drawn.id}/labels/"))) == 2 and labels(root, drawn.id)[name].actor == "robin"


def test_a_missed_document_counts_against_the_gate_that_is_named_and_against_all(reviewed: str) -> None:
    drawn = draw(reviewed, "handbook", 5, "dana")
    found = label(reviewed, drawn.id, id_of(reviewed, "travel.md"), Opinion.WRONG, "dana", "PERSONAL_CONTACT")
    found = label(reviewed, drawn.id, id_of(reviewed, "contact.md"), Opinion.OK, "dana")
    assert gate(found.gates, "PERSONAL_CONTACT").false_negatives[0] == 1
    assert gate(found.gates, "PERSONAL_CONTACT").false_positives[0] == 0
    assert gate(found.gates, "all").false_negatives[0] == 0.5


@pytest.mark.parametrize(("document", "code", "error"), [("f" * 32, "", NotFound), ("", "NO_SUCH", NotFound)])
def test_what_was_not_drawn_and_what_is_no_rule_is_refused(reviewed: str, document: str, code: str, error: type[Exception]) -> None:
    drawn = draw(reviewed, "handbook", 5, "dana")
    with pytest.raises(error):
        label(reviewed, drawn.id, document or drawn.items[0].doc_id, Opinion.WRONG, "dana", code)
    with pytest.raises(NotFound):
        sample(open_root(reviewed), "nothing")


def test_only_who_may_decide_may_label(reviewed: str) -> None:
    drawn = draw(reviewed, "handbook", 5, "dana")
    with pytest.raises(Forbidden, match="mallory"):
        label(reviewed, drawn.id, drawn.items[0].doc_id, Opinion.OK, "mallory")


def test_the_plot_names_every_gate_and_holds_no_document(reviewed: str) -> None:
    drawn = draw(reviewed, "handbook", 5, "dana")
    for item in drawn.items:
        found = label(reviewed, drawn.id, item.doc_id, Opinion.OK, "dana")
    picture = rates(found)
    assert picture.startswith("<?xml") and "LICENCE_UNKNOWN" in picture and drawn.items[0].doc_id not in picture


@pytest.fixture
def green(uri: str, tmp_path: Path) -> Sample:
    """A green-lane source of many plain documents, approved by policy, with the sample that was drawn of it."""
    for number in range(DOCUMENTS):
        write(tmp_path / "green" / f"{number}.md", prose(number, 60))
    text = policies.default().splitlines()
    lines = ['detectors = ["quality", "licences"]' if line.startswith("detectors") else line for line in text]
    lines = ['required = ["quality"]' if line.startswith("required") else line for line in lines]
    policies.put_in_force(open_root(uri), "\n".join(lines))
    register(uri, tmp_path / "green", lane="green")
    flows.capture("handbook", root=uri)
    return draw(uri, "handbook", 50, "dana")


def label_all(uri: str, drawn: Sample, wrong: int) -> str:
    """Label a whole sample, so many of it as wrong; why the lane is closed then."""
    opinions = [Opinion.WRONG] * wrong + [Opinion.OK] * (len(drawn.items) - wrong)
    random.Random(3).shuffle(opinions)
    for item, opinion in zip(drawn.items, opinions, strict=True):
        label(uri, drawn.id, item.doc_id, opinion, "dana", "PERSONAL_CONTACT" if opinion is Opinion.WRONG else "")
    return closed(open_root(uri), "handbook")


def test_a_clean_sample_leaves_the_lane_open(uri: str, green: Sample) -> None:
    assert label_all(uri, green, 0) == ""
    share, low, high = audited(open_root(uri), "handbook").gates[0].false_negatives
    assert (share, low) == (0, 0) and 0.06 < high < 0.08  # 50 labels


def test_a_lane_whose_gates_miss_too_much_is_closed_until_a_person_opens_it(uri: str, green: Sample, tmp_path: Path) -> None:
    assert "should not have been" in label_all(uri, green, 4)
    write(tmp_path / "green" / "new.md", prose(999, 60), modified=1_800_000_000)
    flows.capture("handbook", root=uri)
    root = open_root(uri)
    judgement = find_judgement(root, "handbook")
    assert latest(root, judgement.id) is None
    with pytest.raises(Forbidden):
        reopen(uri, "handbook", "mallory")
    assert reopen(uri, "handbook", "dana").labelled == 0
    assert approve_green(uri, judgement) is not None
    reasons = [
        each.reasons for each in root.ledger.since(0) if each.kind is EntryKind.LABELLED and each.reasons[0].startswith("GREEN")
    ]
    assert reasons == [("GREEN_CLOSED",), ("GREEN_REOPENED",)]


def test_a_person_can_approve_while_the_lane_is_closed(uri: str, green: Sample) -> None:
    label_all(uri, green, 50)
    assert approve(uri).decision == "approve"
