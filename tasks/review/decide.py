"""Decisions about judgements: written down once, bound to exactly what was seen, void when any of it changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from muniment.core.decisions import holds, settle
from muniment.errors import NotApproved
from muniment.policies.policy import Policy
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.review import APPROVALS, Decision, Identity, Review, Standing
from muniment.schemas.source import Lane, Source
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.fetch import CaptureRef, source_digest
from muniment.tasks.judge import JudgementRef
from muniment.tasks.pack import find_judgement
from muniment.tasks.review import approvers, overrides, quarantine, risk
from muniment.tasks.review.handles import resolved
from muniment.tasks.review.samples import closed, draw
from muniment.tasks.step import run_id, step

GREEN_ACTOR = "policy:green-lane"
GREEN_REASON = "Every share of the green lane is kept, and the risk is low enough."


@step
def decide(
    uri: str,
    identifier: str,
    decision: Decision,
    reason: str,
    actor: str,
    identity: Identity = Identity.TYPED,
    groups: Sequence[str] = (),
    documents: Sequence[str] = (),
    until: date | None = None,
    now: datetime | None = None,
) -> Review:
    """Record a decision about a whole capture, about groups of reasons, or about documents.

    The same decision given twice is one. Raises `NotApproved` when what was seen is no longer what stands or the lane forbids it,
    `Forbidden` when the actor may not decide that, `NotFound` for a code or a document that the judgement does not have.
    """
    root, now = open_root(uri), now or datetime.now(UTC)
    judgement, policy = find_judgement(root, identifier), policies.current(root)
    source = root.registry.get(judgement.source)
    codes, named = tuple(sorted(set(groups))), tuple(sorted(set(resolved(root, judgement, documents))))
    approvers.require_entitled(root, source, policy, actor)
    reached = overrides.reach(root, judgement, codes, named, policy) if codes or named else None
    override = alone = False
    if decision in APPROVALS:
        _require_approvable(root, source, judgement, policy, identity)
        alone = approvers.alone(root, source, judgement, policy, actor)
        if reached:
            overrides.require_liftable(root, reached, decision, policy, actor)
            override = decision is Decision.APPROVE and bool(reached.codes)
    review = Review(
        judgement=judgement.id,
        decision=decision,
        reason=reason,
        actor=actor,
        identity=identity,
        groups=codes,
        documents=named,
        until=overrides.term(policy, until, override, now.date()),
        override=override,
        alone=alone,
        at=now,
        run=run_id(),
    )
    before = standing_of(root, judgement, now)
    review = _record(root, judgement, review, policy)
    if override and reached:
        overrides.grant(root, source.id, review, reached)
    held = overrides.overrides_of(standing_of(root, judgement, now))
    ended = [each for name, each in overrides.overrides_of(before).items() if name not in held]
    overrides.end(root, source.id, ended, "WITHDRAWN", actor)
    return review


@step
def approve_green(uri: str, judgement: Judgement) -> Review | None:
    """Approve a green-lane capture that keeps the policy's shares and limit of risk, and draw the sample that people look at. None when
    a person must decide."""
    root, now = open_root(uri), datetime.now(UTC)
    policy, source = policies.current(root), root.registry.get(judgement.source)
    if source.lane is not Lane.GREEN or judgement.failed or closed(root, source.id) or not quarantine.trusted(root, source.id):
        return None
    standing = latest(root, judgement.id)
    if standing and (standing.actor != GREEN_ACTOR or holds(standing, now, policy.approvals)):
        return _sampled(uri, standing, source, policy)
    if not _keeps_shares(root, judgement, policy) or risk.assess(root, judgement).lane is not Lane.GREEN:
        return None
    review = Review(
        judgement=judgement.id, decision=Decision.APPROVE, reason=GREEN_REASON, actor=GREEN_ACTOR, identity=Identity.POLICY, at=now,
        run=run_id(),
    )  # fmt: skip
    return _sampled(uri, _record(root, judgement, review, policy), source, policy)


def _sampled(uri: str, review: Review, source: Source, policy: Policy) -> Review:
    """The review, once the sample of what it let through is drawn; one that a crash left out is drawn by the next run."""
    if review.actor == GREEN_ACTOR and policy.audits.green_size:
        draw(uri, source.id, policy.audits.green_size, GREEN_ACTOR)
    return review


def approved(uri: str, judgement: str) -> bool:
    """Whether a judgement can be promoted: enough people approved it, and nothing that they saw has changed."""
    root = open_root(uri)
    try:
        approval(root, root.manifests.get("judgements", judgement, Judgement))
    except NotApproved:
        return False
    return True


def reviews_of(root: Root, judgement: str) -> list[Review]:
    """Every decision about a judgement, in the order in which they were recorded; also those that are void."""
    return [root.manifests.record(key, Review) for key in sorted(root.objects.list(f"reviews/{judgement}/"))]


def latest(root: Root, judgement: str) -> Review | None:
    """The last decision about the whole of a judgement."""
    return next((each for each in reversed(reviews_of(root, judgement)) if each.whole), None)


def counting(root: Root, judgement: Judgement) -> list[Review]:
    """The decisions that still count: no approval from before its source was put back into quarantine."""
    since, reviews = quarantine.changed_at(root, judgement.source), reviews_of(root, judgement.id)
    return [each for each in reviews if since is None or each.decision not in APPROVALS or each.at > since]


def standing_of(root: Root, judgement: Judgement, now: datetime | None = None) -> Standing:
    """The decisions that hold about a judgement now, or at another moment."""
    policy, reviews = policies.current(root), counting(root, judgement)
    needed = needed_for(root, judgement, policy) if any(each.decision in APPROVALS for each in reviews) else 1
    return settle(reviews, needed, now or datetime.now(UTC), policy.approvals)


def needed_for(root: Root, judgement: Judgement, policy: Policy) -> int:
    """How many different people must approve: what the policy asks of the source's lane, or of the lane that its risk needs."""
    if not (asked := policy.approvals.approvers):
        return 1
    source = root.registry.get(judgement.source)
    return max(asked.get(source.lane, 1), asked.get(risk.assess(root, judgement).lane, 1))


def approval(root: Root, judgement: Judgement, now: datetime | None = None) -> Standing:
    """The decisions that admit something of a judgement; raises `NotApproved` when there is no approval of the whole, or it is void."""
    now, source = now or datetime.now(UTC), judgement.source
    quarantine.require_released(root, source)
    standing = standing_of(root, judgement, now)
    last = next((each for each in reversed(counting(root, judgement)) if each.whole), None)
    if last is None:
        raise NotApproved(
            f"Nobody has reviewed {source} (judgement {judgement.id}).", f"Read `muniment review {source}` and decide."
        )
    if last.decision not in APPROVALS:
        raise NotApproved(
            f"{source} was reviewed: {last.decision}.", f"A later approval can change that: `muniment review {source}`."
        )
    if standing.whole is None or standing.whole.decision not in APPROVALS:
        policy = policies.current(root)
        if not holds(last, now, policy.approvals):
            raise NotApproved(
                f"The approval of {source} (judgement {judgement.id}) has expired.", f"Review it again: `muniment review {source}`."
            )
        raise NotApproved(
            f"{source} needs the approval of {needed_for(root, judgement, policy)} people, and has {last.actor}'s.",
            f"Ask somebody else: `muniment review {source}`.",
        )
    require_current(root, judgement)
    return standing


def require_current(root: Root, judgement: Judgement) -> None:
    """Raise `NotApproved` when capture, verdicts, source or policy are no longer those of this judgement."""
    capture, _ = root.refs.read(f"captures/{judgement.source}", CaptureRef)
    held, _ = root.refs.read(f"judgements/{judgement.source}", JudgementRef)
    changed = {
        "the capture": capture is None or capture.capture != judgement.capture,
        "the judgement": held is None or held.judgement != judgement.id,
        "the registry entry": source_digest(root.registry.get(judgement.source)) != judgement.source_digest,
        "the policy": policies.current(root).digest != judgement.policy,
    }
    if what := [name for name, differs in changed.items() if differs]:
        raise NotApproved(
            f"An approval of judgement {judgement.id} is void: {', '.join(what)} changed.",
            f"Run `muniment capture {judgement.source}` and review again.",
        )


def _require_approvable(root: Root, source: Source, judgement: Judgement, policy: Policy, identity: Identity) -> None:
    if source.lane is Lane.BLOCKED:
        raise NotApproved(f"Source {source.id} is in the blocked lane.", "Move it to another lane first.")
    quarantine.require_released(root, source.id)
    require_current(root, judgement)
    approvers.require_identity(source, risk.assess(root, judgement).lane, policy, identity)


def _keeps_shares(root: Root, judgement: Judgement, policy: Policy) -> bool:
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    total, set_aside = max(sum(judgement.actions.values()), 1), capture.counts.get("set_aside", 0)
    return (
        judgement.actions.get("hold", 0) / total <= policy.green.max_hold_share
        and judgement.actions.get("reject", 0) / total <= policy.green.max_reject_share
        and set_aside / (total + set_aside) <= policy.green.max_set_aside_share
    )


def _record(root: Root, judgement: Judgement, review: Review, policy: Policy) -> Review:
    """Keep a decision and write it to the ledger: the earlier one when it was given before. Two at once are kept in an order."""
    while True:
        known = reviews_of(root, judgement.id)
        number, held = _given_before(known, review, policy) or (len(known), review)
        if number < len(known) or root.objects.put(_key(judgement.id, number), canonical_json(review)):
            break
    root.record(_entry(judgement, held, number))
    return held


def _given_before(known: Sequence[Review], review: Review, policy: Policy) -> tuple[int, Review] | None:
    """The place of the same decision: the last one while it holds, or one of the same flow run, which is being done again."""
    for number, each in reversed(list(enumerate(known))):
        last = number == len(known) - 1
        if each.name == review.name and (
            (last and holds(each, review.at, policy.approvals)) or (review.run and each.run == review.run)
        ):
            return number, each
    return None


def _entry(judgement: Judgement, review: Review, number: int) -> Draft:
    scope = (f"group:{code}" for code in review.groups)
    flags = (*(("OVERRIDE",) if review.override else ()), *(("ALONE",) if review.alone else ()))
    return Draft(
        kind=EntryKind.REVIEWED,
        actor=review.actor,
        key=_key(judgement.id, number),
        run=review.run,
        subjects=(f"source:{judgement.source}", *scope),
        inputs=(f"judgement:{judgement.id}",),
        outputs=(f"review:{review.name}", f"identity:{review.identity}", f"record:{digest(review)}"),
        counts={"documents": len(review.documents)} if review.documents else {},
        reasons=(str(review.decision).upper().replace("-", "_"), *flags),
    )


def _key(judgement: str, number: int) -> str:
    return f"reviews/{judgement}/{number:06d}.json"
