"""Documents over groups, groups over the whole capture; the last decision about the same; nothing beyond its day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.decisions import admitted, apply, settle
from muniment.core.verdicts import MISSING
from muniment.policies.lanes import Approvals
from muniment.policies.policy import Policy, default, parse
from muniment.schemas.review import APPROVALS, Decision, Effect, Review
from muniment.schemas.verdict import SEVERITY, Action

POLICY = parse(default())
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CODES = [
    "PERSONAL_CONTACT",
    "FINANCIAL_ID",
    "SECRET_FOUND",
    "LICENCE_UNKNOWN",
    "LICENCE_REVOKED",
    "EVAL_HOLDOUT",
    "DUPLICATE_VENDORED",
    MISSING,
]
IDS = [f"{number:032x}" for number in range(5)]
RULES = POLICY.by_code()

decision = st.sampled_from([each for each in Decision if each is not Decision.WITHDRAW])
effects = st.builds(
    Effect,
    whole=st.sampled_from(APPROVALS),
    groups=st.dictionaries(st.sampled_from(CODES), decision),
    documents=st.dictionaries(st.sampled_from(IDS), decision),
)
documents = st.lists(st.lists(st.sampled_from(CODES), max_size=3, unique=True), min_size=len(IDS), max_size=len(IDS))


def severity(code: str) -> int:
    """What a code asks for by the policy alone."""
    if code == MISSING:
        return SEVERITY[Action.HOLD]
    return SEVERITY[RULES[code].action] if RULES[code].enforced else 0


def verdicts(reasons: Sequence[Sequence[str]]) -> pl.DataFrame:
    """What judging makes of documents with these reasons."""
    names = {rank: str(action) for action, rank in SEVERITY.items()}
    actions = [names[max((severity(code) for code in each), default=0)] for each in reasons]
    schema = {"doc_id": pl.String, "action": pl.String, "reasons": pl.List(pl.String)}
    return pl.DataFrame({"doc_id": IDS, "action": actions, "reasons": [list(each) for each in reasons]}, schema=schema)


def by_hand(doc_id: str, reasons: Sequence[str], effect: Effect, policy: Policy) -> str:
    """A document's action, read from the rules of docs/review.md one after the other."""
    own = effect.documents.get(doc_id)
    if own is Decision.REJECT:
        return "reject"
    ranks = [SEVERITY[Action.HOLD]] if own is Decision.HOLD else [0]
    for code in reasons:
        said = (
            own
            if own in APPROVALS
            else None
            if own
            else effect.groups.get(code, effect.whole if effect.whole is Decision.APPROVE_REDACTED else None)
        )
        rank = severity(code)
        if said is Decision.REJECT:
            rank = SEVERITY[Action.REJECT]
        elif said is Decision.HOLD:
            rank = max(rank, SEVERITY[Action.HOLD])
        elif said and rank >= SEVERITY[Action.HOLD] and code not in (MISSING, *policy.overrides.never):
            if said is Decision.APPROVE and code not in policy.overrides.redacted_only:
                rank = SEVERITY[Action.KNOWN_RISK]
            if said is Decision.APPROVE_REDACTED and RULES[code].finding and RULES[code].action is Action.HOLD:
                rank = SEVERITY[Action.REDACT]
        ranks.append(rank)
    return {rank: str(action) for action, rank in SEVERITY.items()}[max(ranks)]


@given(documents, effects)
def test_decisions_come_to_what_a_person_reads_from_the_rules(reasons: list[list[str]], effect: Effect) -> None:
    found = dict(apply(verdicts(reasons), effect, POLICY).select("doc_id", "action").rows())
    assert found == {name: by_hand(name, each, effect, POLICY) for name, each in zip(IDS, reasons, strict=True)}


@given(documents, effects)
def test_nothing_lifts_a_revoked_licence_or_missing_evidence(reasons: list[list[str]], effect: Effect) -> None:
    rows = admitted(verdicts(reasons), effect, POLICY)["reasons"].to_list()
    assert not [row for row in rows if {"LICENCE_REVOKED", MISSING} & set(row)]


@given(documents, effects)
def test_a_secret_goes_in_only_with_everything_redacted(reasons: list[list[str]], effect: Effect) -> None:
    rows = admitted(verdicts(reasons), effect, POLICY).filter(pl.col("reasons").list.contains("SECRET_FOUND"))
    assert rows["widely"].all() and not (rows["action"] == "accept").any()


@given(documents, effects, st.sampled_from([Decision.HOLD, Decision.REJECT, Decision.WITHDRAW]))
def test_without_an_approval_of_the_whole_nothing_goes_in(reasons: list[list[str]], effect: Effect, whole: Decision) -> None:
    assert admitted(verdicts(reasons), effect.model_copy(update={"whole": whole}), POLICY).is_empty()


@given(documents)
def test_a_plain_approval_changes_no_verdict(reasons: list[list[str]]) -> None:
    before = verdicts(reasons)
    assert apply(before, Effect(whole=Decision.APPROVE), POLICY)["action"].to_list() == before["action"].to_list()


@given(documents, st.sampled_from(["hold", "reject"]))
def test_a_verdict_that_does_not_follow_from_its_reasons_is_never_made_milder(reasons: list[list[str]], action: str) -> None:
    before = verdicts([[] for _ in IDS]).with_columns(action=pl.lit(action))
    everything = Effect(whole=Decision.APPROVE_REDACTED, documents=dict.fromkeys(IDS, Decision.APPROVE))
    assert set(apply(before, everything, POLICY)["action"]) == {action}


def test_an_override_is_a_risk_taken_knowingly_and_contacts_are_redacted_all_the_same() -> None:
    rows = admitted(
        verdicts([["EVAL_HOLDOUT", "PERSONAL_CONTACT"]] + [[]] * 4),
        Effect(whole=Decision.APPROVE, groups={"EVAL_HOLDOUT": Decision.APPROVE}),
        POLICY,
    )
    assert rows.row(0, named=True)["action"] == "known-risk" and not rows.row(0, named=True)["widely"]


def review(day: int, what: Decision, actor: str = "dana", **about: object) -> Review:
    """A decision, so many days after the first."""
    plain = {"judgement": "j", "decision": what, "reason": "because", "actor": actor, "at": NOON + timedelta(days=day)}
    return Review.model_validate({**plain, **about})


decisions = st.lists(
    st.builds(
        lambda day, what, actor, groups, documents, until: review(
            0,
            what,
            actor,
            groups=groups,
            documents=documents,
            until=until and NOON.date() + timedelta(days=until),
            at=NOON + timedelta(days=day),
        ),
        st.integers(0, 20),
        st.sampled_from(list(Decision)),
        st.sampled_from(["dana", "robin", "kim"]),
        st.lists(st.sampled_from(CODES[:3]), max_size=2, unique=True),
        st.lists(st.sampled_from(IDS[:2]), max_size=2, unique=True),
        st.none() | st.integers(1, 40),
    ),
    max_size=12,
)
RULE = Approvals(valid_days=30)


@given(decisions, st.integers(0, 60))
def test_the_last_decision_about_the_same_holds(reviews: list[Review], day: int) -> None:
    now = NOON + timedelta(days=day)
    standing = settle(reviews, 1, now, RULE)
    for code in CODES[:3]:
        about = [each for each in reviews if code in each.groups]
        held = standing.groups.get(code)
        if not about or about[-1].decision is Decision.WITHDRAW:
            assert held is None
        elif about[-1].decision not in APPROVALS:
            assert held is None if about[-1].until and now.date() >= about[-1].until and held is None else held == about[-1]
        elif held is not None and held.decision in APPROVALS:
            assert held == about[-1]


@given(decisions, st.integers(0, 60))
def test_no_approval_holds_beyond_its_day_or_its_age(reviews: list[Review], day: int) -> None:
    now = NOON + timedelta(days=day)
    standing = settle(reviews, 1, now, RULE)
    held = [
        each
        for each in (standing.whole, *standing.groups.values(), *standing.documents.values())
        if each and each.decision in APPROVALS
    ]
    assert all(each.until is None or now.date() < each.until for each in held)
    assert all(now < each.at + timedelta(days=30) for each in held)


@given(decisions, st.integers(0, 60))
def test_two_approvals_are_of_two_people(reviews: list[Review], day: int) -> None:
    now = NOON + timedelta(days=day)
    standing = settle(reviews, 2, now, RULE)
    if standing.whole and standing.whole.decision in APPROVALS:
        assert len({each.actor for each in (standing.whole, *standing.seconds)}) == 2


def test_of_two_approvals_the_narrower_one_holds() -> None:
    reviews = [review(0, Decision.APPROVE, "dana"), review(1, Decision.APPROVE_REDACTED, "robin")]
    standing = settle(reviews, 2, NOON + timedelta(days=2), RULE)
    assert standing.effect.whole is Decision.APPROVE and len(standing.decisions) == 2


def test_after_a_lapsed_approval_the_refusal_before_it_holds_again() -> None:
    reviews = [
        review(0, Decision.REJECT, groups=("EVAL_TARGET",)),
        review(1, Decision.APPROVE, groups=("EVAL_TARGET",), until=date(2026, 5, 10)),
    ]
    assert settle(reviews, 1, NOON + timedelta(days=2), RULE).effect.groups == {"EVAL_TARGET": Decision.APPROVE}
    assert settle(reviews, 1, NOON + timedelta(days=9), RULE).effect.groups == {"EVAL_TARGET": Decision.REJECT}


@pytest.mark.parametrize("field", ["at", "run"])
def test_the_name_of_a_decision_does_not_hang_on_when_it_was_recorded(field: str) -> None:
    first = review(0, Decision.APPROVE)
    again = first.model_copy(update={"at": NOON + timedelta(days=9)} if field == "at" else {"run": "x"})
    assert first.name == again.name != first.model_copy(update={"groups": ("A",)}).name
