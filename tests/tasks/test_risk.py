"""Risk is a sum of named factors that anybody can check by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reviewed import approve, register
from tests.stories import LICENCE, TRAVEL, prose, write

from muniment import flows
from muniment.policies.lanes import Risk
from muniment.schemas.source import Lane
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.pack import find_judgement, gather_pack
from muniment.tasks.review.decide import approve_green, latest
from muniment.tasks.review.risk import assess, scored
from muniment.tasks.review.samples import samples

TABLE = Risk()
values = st.fixed_dictionaries({name: st.floats(0, 10) for name in TABLE.factors()})


@given(values, st.sampled_from([Lane.GREEN, Lane.STANDARD, Lane.RESTRICTED, Lane.BLOCKED]))
def test_the_score_is_the_sum_of_its_points_and_no_factor_adds_more_than_its_weight(found: dict[str, float], lane: Lane) -> None:
    made = scored(found, TABLE, lane)
    assert made.score == pytest.approx(sum(each.points for each in made.contributions), abs=0.01)
    assert all(0 <= each.points <= each.limit for each in made.contributions)
    order = [Lane.GREEN, Lane.STANDARD, Lane.RESTRICTED, Lane.BLOCKED]
    assert order.index(made.lane) == max(order.index(lane), order.index(made.needs))


@given(values, st.sampled_from(sorted(TABLE.factors())))
def test_more_of_a_factor_is_never_less_risk(found: dict[str, float], name: str) -> None:
    assert scored({**found, name: found[name] + 1}, TABLE, Lane.GREEN).score >= scored(found, TABLE, Lane.GREEN).score


def test_a_captures_risk_by_hand(reviewed: str) -> None:
    root = open_root(reviewed)
    judgement = find_judgement(root, "handbook")
    points = {each.factor: each.points for each in assess(root, judgement).contributions}
    found = sum(each.evidence["personal"].rows for each in judgement.shards)
    assert points == {
        "new_source": 15, "classification": 5, "licence_unknown": pytest.approx(15 * 0.2 / 0.5), "held": 10, "change": 0, "set_aside": 0,
        "personal_density": pytest.approx(10 * found / 5 / 5, abs=0.01), "disagreement": 0, "opt_outs": 0, "tool_failures": 0,
    }  # fmt: skip


def test_what_was_assessed_stays_when_the_source_is_approved_later(reviewed: str) -> None:
    root = open_root(reviewed)
    before = assess(root, find_judgement(root, "handbook"))
    approve(reviewed)
    assert assess(root, find_judgement(root, "handbook")) == before


def test_the_pack_shows_the_score_with_its_factors(reviewed: str) -> None:
    section = next(each for each in gather_pack(reviewed, "handbook").sections if each.title == "Risk")
    assert "standard" in section.note or "green" in section.note
    assert ("new source", "15.0") in [(row[0], row[3]) for row in section.rows]


def capture_green(uri: str, folder: Path, limit: str) -> None:
    text = policies.default().splitlines()
    lines = ['detectors = ["quality", "licences"]' if line.startswith("detectors") else line for line in text]
    lines = ['required = ["quality"]' if line.startswith("required") else line for line in lines]
    lines = [f"green_below = {limit}" if line.startswith("green_below") else line for line in lines]
    policies.put_in_force(open_root(uri), "\n".join(lines))
    register(uri, folder, lane="green")
    flows.capture("handbook", root=uri)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve plain documents under a licence."""
    for number in range(11):
        write(tmp_path / "green" / f"{number}.md", prose(number))
    write(tmp_path / "green" / "travel.md", LICENCE + TRAVEL * 3)
    return tmp_path / "green"


def test_a_green_capture_over_the_limit_goes_to_a_person(uri: str, folder: Path) -> None:
    capture_green(uri, folder, "20")
    root = open_root(uri)
    judgement = find_judgement(root, "handbook")
    assert assess(root, judgement).score == 20  # new, and internal
    assert latest(root, judgement.id) is None and not samples(root)


def test_under_the_limit_nobody_is_asked_and_a_sample_is_drawn_once(uri: str, folder: Path) -> None:
    capture_green(uri, folder, "21")
    root = open_root(uri)
    judgement = find_judgement(root, "handbook")
    made = latest(root, judgement.id)
    assert made is not None and made.identity == "policy"
    assert approve_green(uri, judgement) == made
    (drawn,) = samples(root, "handbook")
    assert len(drawn.items) == 12 and drawn.judgement == judgement.id
