"""Decisions that mean something: scoped, bound, made by whoever may, recorded once, and over on their day."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reviewed import approve, id_of, later, promoted, register, snapshot
from tests.stories import LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import Forbidden, NotApproved, NotFound
from muniment.schemas.ledger import EntryKind
from muniment.schemas.review import Decision, Identity
from muniment.schemas.source import Lane
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.activate import activate, assemble
from muniment.tasks.pack import find_judgement
from muniment.tasks.publish.publish import publish
from muniment.tasks.review import overrides
from muniment.tasks.review.approvers import require_identity
from muniment.tasks.review.decide import decide, latest, reviews_of
from muniment.tasks.review.pending import pending

ON = "production"


def entries(uri: str, kind: EntryKind) -> list[Any]:
    """Ledger entries of one kind."""
    return [each for each in open_root(uri).ledger.since(0) if each.kind is kind]


def promote_at(uri: str, now: datetime) -> None:
    """Promote as on another day."""
    activate(uri, ON, assemble(uri, ON, publish(uri, ON, now)), "schedule")


def recorded(uri: str) -> list[Decision]:
    """Every decision about the source, in order."""
    root = open_root(uri)
    return [each.decision for each in reviews_of(root, find_judgement(root, "handbook").id)]


# --- what decisions are about ------------------------------------------------------------------------------------------------


def test_a_group_that_is_refused_stays_out_though_the_whole_is_approved(reviewed: str) -> None:
    approve(reviewed)
    decide(reviewed, "handbook", Decision.REJECT, "no contacts at all", "dana", groups=["PERSONAL_CONTACT"])
    flows.promote(root=reviewed)
    assert set(promoted(reviewed)) == {"travel.md"}


def test_a_document_goes_over_its_group(reviewed: str) -> None:
    approve(reviewed)
    decide(reviewed, "handbook", Decision.REJECT, "no contacts at all", "dana", groups=["PERSONAL_CONTACT"])
    approve(reviewed, documents=[id_of(reviewed, "contact.md")])
    flows.promote(root=reviewed)
    action, text = promoted(reviewed)["contact.md"]
    assert action == "redact" and "jo.smith" not in text


def test_a_withdrawn_refusal_lets_the_document_return(reviewed: str) -> None:
    approve(reviewed)
    one = [id_of(reviewed, "travel.md")]
    decide(reviewed, "handbook", Decision.REJECT, "an old version", "dana", documents=one)
    flows.promote(root=reviewed)
    assert "travel.md" not in promoted(reviewed)
    decide(reviewed, "handbook", Decision.WITHDRAW, "it is not", "dana", documents=one)
    flows.promote(root=reviewed)
    assert "travel.md" in promoted(reviewed)


def test_without_an_approval_of_the_whole_a_scoped_one_promotes_nothing(reviewed: str) -> None:
    approve(reviewed, documents=[id_of(reviewed, "travel.md")])
    with pytest.raises(NotApproved, match="Nobody has reviewed"):
        flows.promote(root=reviewed)


def test_redaction_of_one_document_redacts_that_one_widely_and_no_other(reviewed: str) -> None:
    approve(reviewed)
    decide(reviewed, "handbook", Decision.APPROVE_REDACTED, "the rest is fine", "dana", documents=[id_of(reviewed, "bank.md")])
    flows.promote(root=reviewed)
    found = promoted(reviewed)
    assert set(found) == {"travel.md", "contact.md", "bank.md"}
    assert found["bank.md"][0] == "redact" and "DE89" not in found["bank.md"][1] and "deposit" in found["bank.md"][1]


@pytest.mark.parametrize(
    ("scope", "said"), [({"groups": ["NO_SUCH"]}, "NO_SUCH"), ({"documents": ["f" * 32]}, "not in this judgement")]
)
def test_a_decision_about_what_is_not_there_is_refused(reviewed: str, scope: dict[str, Any], said: str) -> None:
    with pytest.raises(NotFound, match=said):
        decide(reviewed, "handbook", Decision.REJECT, "because", "dana", **scope)


def test_a_snapshot_names_its_decisions_and_the_ledger_joins_them(reviewed: str) -> None:
    approve(reviewed)
    decide(reviewed, "handbook", Decision.REJECT, "no contacts", "dana", groups=["PERSONAL_CONTACT"])
    flows.promote(root=reviewed)
    (part,) = snapshot(open_root(reviewed)).parts
    assert len(part.decisions) == 2
    given = {name for each in entries(reviewed, EntryKind.REVIEWED) for name in each.outputs if name.startswith("review:")}
    (made,) = entries(reviewed, EntryKind.PROMOTED)
    assert given == {name for name in made.inputs if name.startswith("review:")} == {f"review:{name}" for name in part.decisions}


def test_the_same_decisions_in_another_root_give_the_same_snapshot(reviewed: str, template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path / "other")
    for uri in (reviewed, str(tmp_path / "other")):
        approve(uri)
        decide(uri, "handbook", Decision.REJECT, "no contacts", "dana", groups=["PERSONAL_CONTACT"])
        flows.promote(root=uri)
    assert snapshot(open_root(reviewed)) == snapshot(open_root(str(tmp_path / "other")))


# --- overrides ---------------------------------------------------------------------------------------------------------------


def test_an_override_admits_a_group_as_a_known_risk_until_its_day(reviewed: str) -> None:
    approve(reviewed)
    made = approve(reviewed, groups=["LICENCE_UNKNOWN"], until=later(20).date())
    flows.promote(root=reviewed)
    assert made.override and promoted(reviewed)["garden.md"][0] == "known-risk"
    (granted,) = entries(reviewed, EntryKind.OVERRIDDEN)
    assert (
        granted.reasons == ("LICENCE_UNKNOWN",) and granted.counts == {"documents": 1} and f"until:{made.until}" in granted.outputs
    )
    promote_at(reviewed, later(21))
    promote_at(reviewed, later(22))
    assert set(promoted(reviewed)) == {"travel.md", "contact.md"}
    assert [each.reasons for each in entries(reviewed, EntryKind.OVERRIDE_ENDED)] == [("LAPSED",)]


def test_an_override_lapses_also_where_the_approval_is_void_by_then(reviewed: str) -> None:
    approve(reviewed)
    approve(reviewed, documents=[id_of(reviewed, "garden.md")])
    flows.promote(root=reviewed)
    text = policies.text(open_root(reviewed))
    policies.put_in_force(open_root(reviewed), text.replace("below = 20", "below = 19"))
    promote_at(reviewed, later(1))
    assert "garden.md" in promoted(reviewed)
    promote_at(reviewed, later(31))
    assert set(promoted(reviewed)) == {"travel.md", "contact.md"}


def test_an_override_has_a_day_even_when_nobody_gives_one_and_not_a_later_one_than_the_policy_lets(reviewed: str) -> None:
    made = approve(reviewed, groups=["LICENCE_UNKNOWN"])
    assert made.until == (datetime.now(UTC) + timedelta(days=30)).date()
    with pytest.raises(Forbidden, match="90 days"):
        approve(reviewed, groups=["LICENCE_UNKNOWN"], until=later(91).date())
    with pytest.raises(Forbidden, match="not after today"):
        approve(reviewed, groups=["LICENCE_UNKNOWN"], until=later(0).date())


def test_approving_what_the_policy_admits_is_no_override(reviewed: str) -> None:
    made = approve(reviewed, documents=[id_of(reviewed, "travel.md")])
    assert not made.override and made.until is None and not entries(reviewed, EntryKind.OVERRIDDEN)


def test_a_withdrawn_override_is_over_at_once(reviewed: str) -> None:
    approve(reviewed)
    approve(reviewed, groups=["LICENCE_UNKNOWN"])
    decide(reviewed, "handbook", Decision.WITHDRAW, "we have no right", "dana", groups=["LICENCE_UNKNOWN"])
    flows.promote(root=reviewed)
    assert "garden.md" not in promoted(reviewed)
    assert [each.reasons for each in entries(reviewed, EntryKind.OVERRIDE_ENDED)] == [("WITHDRAWN",)]


def test_a_secret_is_lifted_only_redacted(reviewed: str) -> None:
    with pytest.raises(Forbidden, match="approve-redacted"):
        approve(reviewed, groups=["SECRET_FOUND"])
    approve(reviewed)
    decide(reviewed, "handbook", Decision.APPROVE_REDACTED, "only a script", "dana", groups=["SECRET_FOUND"])
    flows.promote(root=reviewed)
    assert "AKIA" not in promoted(reviewed)["secret.md"][1]


def test_what_is_no_finding_cannot_be_approved_redacted(reviewed: str) -> None:
    with pytest.raises(Forbidden, match="LICENCE_UNKNOWN"):
        decide(reviewed, "handbook", Decision.APPROVE_REDACTED, "because", "dana", groups=["LICENCE_UNKNOWN"])


@pytest.mark.parametrize(
    ("code", "actor", "said"),
    [
        ("LICENCE_REVOKED", "kim", "does not lift"),
        ("TRAINING_RESERVED", "robin", "compliance"),
        ("RESEMBLES_ERASED", "dana", "compliance"),
    ],
)
def test_some_codes_nobody_lifts_and_some_only_compliance(reviewed: str, code: str, actor: str, said: str) -> None:
    root = open_root(reviewed)
    reached = overrides.Reach(codes=(code,), stopped=1)
    with pytest.raises(Forbidden, match=said):
        overrides.require_liftable(root, reached, Decision.APPROVE, policies.current(root), actor)


def test_compliance_lifts_what_is_theirs(reviewed: str) -> None:
    root = open_root(reviewed)
    overrides.require_liftable(
        root, overrides.Reach(codes=("TRAINING_RESERVED",), stopped=1), Decision.APPROVE, policies.current(root), "kim"
    )


# --- who ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", list(Decision))
def test_somebody_else_decides_nothing_and_hears_who_may(reviewed: str, what: Decision) -> None:
    with pytest.raises(Forbidden, match=r"steward dana may, or a member of stewards \(kim, robin\)"):
        decide(reviewed, "handbook", what, "because", "mallory")
    assert not recorded(reviewed)


def test_a_member_of_the_stewards_may_decide(reviewed: str) -> None:
    assert not approve(reviewed, "robin").alone


def test_whoever_submitted_a_source_leaves_its_approval_to_somebody_else(reviewed: str) -> None:
    register(reviewed, Path(open_root(reviewed).registry.get("handbook").location), actor="dana")
    with pytest.raises(Forbidden, match=r"submitted handbook.*Ask kim, robin"):
        approve(reviewed)
    assert decide(reviewed, "handbook", Decision.REJECT, "not this", "dana").decision is Decision.REJECT


def test_where_nobody_else_may_decide_that_is_said(reviewed: str) -> None:
    principals.put_in_force(open_root(reviewed), "")
    root = open_root(reviewed)
    source = root.registry.get("handbook")
    register(reviewed, Path(source.location), actor="dana")
    made = approve(reviewed)
    assert made.alone
    assert "ALONE" in entries(reviewed, EntryKind.REVIEWED)[0].reasons


def test_a_lane_can_ask_for_a_proven_identity(reviewed: str) -> None:
    root = open_root(reviewed)
    source, policy = root.registry.get("handbook"), policies.current(root)
    asking = policy.model_copy(update={"approvals": policy.approvals.model_copy(update={"identity": {Lane.STANDARD: "known"}})})
    with pytest.raises(Forbidden, match="proven identity"):
        require_identity(source, Lane.STANDARD, asking, Identity.TYPED)
    require_identity(source, Lane.STANDARD, asking, Identity.API_KEY)
    assert approve(reviewed).identity is Identity.TYPED


# --- recorded once, in order, for as long as it holds --------------------------------------------------------------------------


def test_the_same_decision_twice_is_one(reviewed: str) -> None:
    assert approve(reviewed) == approve(reviewed)
    assert recorded(reviewed) == ["approve"] and len(entries(reviewed, EntryKind.REVIEWED)) == 1


def test_after_another_decision_the_same_one_is_new(reviewed: str) -> None:
    approve(reviewed)
    decide(reviewed, "handbook", Decision.HOLD, "wait", "robin")
    approve(reviewed)
    assert recorded(reviewed) == ["approve", "hold", "approve"]


def test_of_many_who_decide_at_once_nobody_is_lost(reviewed: str) -> None:
    reasons = [f"reason {number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda reason: decide(reviewed, "handbook", Decision.HOLD, reason, "dana"), reasons))
    root = open_root(reviewed)
    kept = [each.reason for each in reviews_of(root, find_judgement(root, "handbook").id)]
    assert sorted(kept) == sorted(reasons) and len(entries(reviewed, EntryKind.REVIEWED)) == 12


def test_a_decision_that_a_crash_kept_from_the_ledger_is_recorded_when_it_is_given_again(
    reviewed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(self: Root, draft: object) -> None:
        raise Crash

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(Root, "record", crash)
        approve(reviewed)
    assert recorded(reviewed) == ["approve"] and not entries(reviewed, EntryKind.REVIEWED)
    approve(reviewed)
    assert recorded(reviewed) == ["approve"] and len(entries(reviewed, EntryKind.REVIEWED)) == 1


def test_an_approval_grows_old_and_what_it_promoted_stays(reviewed: str) -> None:
    approve(reviewed)
    with pytest.raises(NotApproved, match="has expired"):
        publish(reviewed, ON, later(366))
    flows.promote(root=reviewed)
    assert [part.source for part in publish(reviewed, ON, later(366)).parts] == ["handbook"]
    assert [each.why for each in pending(reviewed, later(366))] == ["the approval has expired"]


def test_an_approval_with_a_day_takes_its_part_along(reviewed: str) -> None:
    approve(reviewed, until=later(10).date())
    flows.promote(root=reviewed)
    with pytest.raises(NotApproved):
        publish(reviewed, ON, later(11))


@pytest.mark.parametrize("change", ["policy", "registry"])
def test_scoped_decisions_are_void_with_what_they_were_bound_to(reviewed: str, tmp_path: Path, change: str) -> None:
    approve(reviewed)
    approve(reviewed, groups=["LICENCE_UNKNOWN"])
    if change == "policy":
        policies.put_in_force(open_root(reviewed), policies.text(open_root(reviewed)).replace("below = 20", "below = 19"))
    else:
        register(reviewed, tmp_path, acl=("everyone",))
    with pytest.raises(NotApproved, match="void"):
        flows.promote(root=reviewed)
    with pytest.raises(NotApproved, match="void"):
        approve(reviewed, groups=["LICENCE_UNKNOWN"])


def test_a_decision_stays_open_for_days_and_across_processes(reviewed: str) -> None:
    def command(*words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "muniment", *words, "--root", reviewed, "--json"], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    waits = command("review", "--pending")
    assert [(each["source"], each["why"], each["steward"], each["others"]) for each in waits] == [
        ("handbook", "nobody has decided", "dana", ["kim", "robin"])
    ]
    assert pending(reviewed, later(5))[0].hours > 119
    made = decide(reviewed, "handbook", Decision.APPROVE, "read after the weekend", "dana", now=later(5))
    assert command("review", "--pending") == []
    assert command(
        "review", "handbook", "--reject", "--document", id_of(reviewed, "travel.md"), "--reason", "old", "--actor", "robin"
    )["documents"]
    promote_at(reviewed, later(6))
    assert set(promoted(reviewed)) == {"contact.md"} and latest(open_root(reviewed), made.judgement) == made


# --- lanes -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def plain(uri: str, tmp_path: Path) -> Path:
    """A folder of one plain document; one detector, so that capturing takes no time."""
    folder = tmp_path / "plain"
    write(folder / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    text = policies.default().splitlines()
    lines = ['detectors = ["quality", "licences"]' if line.startswith("detectors") else line for line in text]
    lines = ['required = ["quality"]' if line.startswith("required") else line for line in lines]
    lines = ["approvers = { restricted = 2 }" if line.startswith("approvers") else line for line in lines]
    policies.put_in_force(open_root(uri), "\n".join(lines))
    principals.put_in_force(open_root(uri), '[robin]\ngroups = ["stewards"]\n')
    return folder


def test_the_restricted_lane_needs_two_people_and_is_promoted_for_research_alone(uri: str, plain: Path) -> None:
    register(uri, plain, lane="restricted")
    flows.capture("handbook", root=uri)
    approve(uri)
    with pytest.raises(NotApproved, match="approval of 2 people, and has dana's"):
        flows.promote(to="research", root=uri)
    assert [each.why for each in pending(uri)] == ["it needs 2 approvals"]
    approve(uri, "robin")
    with pytest.raises(NotApproved, match="restricted lane"):
        flows.promote(root=uri)
    assert flows.promote(to="research", root=uri).documents == 1
    assert len(snapshot(open_root(uri), "research").parts[0].decisions) == 2


def test_a_source_that_moves_to_the_blocked_lane_leaves(uri: str, plain: Path) -> None:
    for name in ("handbook", "other"):
        register(uri, plain, name)
        flows.capture(name, root=uri)
        decide(uri, name, Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    register(uri, plain, lane="blocked")
    flows.promote(root=uri)
    assert [part.source for part in snapshot(open_root(uri)).parts] == ["other"]
    with pytest.raises(NotApproved, match="blocked"):
        approve(uri)
