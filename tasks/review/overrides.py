"""Overrides: approving a group of reasons or a document that the policy stops. For a while, by whom the policy lets, and recorded."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from muniment.core import decisions
from muniment.errors import Forbidden, NotFound
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Judgement
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.review import APPROVALS, Decision, Review, Standing
from muniment.schemas.source import Record
from muniment.schemas.verdict import PROMOTABLE, VERDICT
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.review.approvers import members
from muniment.tasks.step import run_id

_SHOWN = 5


class Reach(Record):
    """What a decision about groups or documents reaches."""

    codes: tuple[str, ...]  # that it would lift, where it approves
    stopped: int  # documents that the policy stops by them, or by name


def reach(root: Root, judgement: Judgement, groups: Sequence[str], documents: Sequence[str], policy: Policy) -> Reach:
    """Raises `NotFound` for a code that no document has, or a document that is not in the capture."""
    if unknown := sorted(set(groups) - set(judgement.reasons)):
        raise NotFound(
            f"No document of this judgement has the reason {', '.join(unknown)}.",
            f"Its reasons are: {', '.join(judgement.reasons) or 'none'}.",
        )
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT, ["doc_id", "action", "reasons"]))
    named = verdicts.filter(pl.col("doc_id").is_in(list(documents)))
    if unknown := sorted(set(documents) - set(named["doc_id"])):
        raise NotFound(
            f"{len(unknown)} of these documents are not in this judgement: {', '.join(unknown[:_SHOWN])}.",
            "`muniment review SOURCE` shows the ids worth reading first; `muniment lineage sql` all of them.",
        )
    codes = {*groups, *named["reasons"].explode().drop_nulls()}
    stopped = ~pl.col("action").is_in([str(action) for action in PROMOTABLE])
    touched = pl.col("doc_id").is_in(list(documents)) | (pl.col("reasons").list.set_intersection(list(groups)).list.len() > 0)
    return Reach(
        codes=tuple(sorted(code for code in codes if decisions.stops(code, policy))),
        stopped=verdicts.filter(stopped & touched).height,
    )


def require_liftable(root: Root, reached: Reach, decision: Decision, policy: Policy, actor: str) -> None:
    """Raise `Forbidden` where an approval would lift what nothing lifts, or what only others may."""
    if fixed := [code for code in reached.codes if not decisions.liftable(code, decision, policy)]:
        redacted = decision is Decision.APPROVE and all(
            decisions.liftable(each, Decision.APPROVE_REDACTED, policy) for each in fixed
        )
        raise Forbidden(
            f"{decision} does not lift {', '.join(fixed)}.",
            "With what was found redacted it may: approve-redacted." if redacted else "Reject or hold it, or change the policy.",
        )
    for code in reached.codes:
        groups = policy.overrides.roles.get(code, ())
        if groups and actor not in (able := members(root, groups)):
            raise Forbidden(
                f"Only a member of {', '.join(groups)} may lift {code}.",
                f"Ask {', '.join(able) or 'for somebody to be in that group'}.",
            )


def term(policy: Policy, until: date | None, override: bool, today: date) -> date | None:
    """Until when a decision holds; an override always has a day. Raises `Forbidden` when that day is past, or further than allowed."""
    if until is not None and until <= today:
        raise Forbidden(f"{until} is not after today.", "Give a later day, or none.")
    if not override:
        return until
    last = today + timedelta(days=policy.overrides.max_days)
    if until is not None and until > last:
        raise Forbidden(f"An override may hold for {policy.overrides.max_days} days at most.", f"Give a day up to {last}.")
    return until or today + timedelta(days=policy.overrides.days)


def grant(root: Root, source: str, review: Review, reached: Reach) -> None:
    """Record an override: who lifts which reasons, until when, and for how many documents."""
    root.record(
        Draft(
            kind=EntryKind.OVERRIDDEN,
            actor=review.actor,
            key=digest(review),
            run=run_id(),
            subjects=(f"source:{source}",),
            inputs=(f"judgement:{review.judgement}",),
            outputs=(f"override:{review.name}", f"until:{review.until}"),
            counts={"documents": reached.stopped},
            reasons=reached.codes,
        )
    )


def end(root: Root, source: str, ended: Collection[Review], why: str, actor: str) -> None:
    """Record that overrides hold no more: `LAPSED` on their day, `WITHDRAWN` by a later decision. Safe to do again."""
    for review in ended:
        root.record(
            Draft(
                kind=EntryKind.OVERRIDE_ENDED,
                actor=actor,
                key=digest(review),
                run=run_id(),
                subjects=(f"source:{source}",),
                inputs=(f"judgement:{review.judgement}", f"override:{review.name}"),
                reasons=(why,),
            )
        )


def lapsed(reviews: Sequence[Review], now: datetime) -> list[Review]:
    """Overrides whose day has come."""
    return [each for each in reviews if each.override and each.until is not None and now.date() >= each.until]


def overrides_of(standing: Standing) -> dict[str, Review]:
    """The overrides that hold, by name."""
    found = (*standing.groups.values(), *standing.documents.values())
    return {each.name: each for each in found if each.override and each.decision in APPROVALS}
