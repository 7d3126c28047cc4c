"""Decisions about judgements: written down once, bound to exactly what was seen, void when any of it changes."""

from datetime import UTC, datetime

from muniment.errors import NotApproved
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.review import APPROVALS, Decision, Review
from muniment.schemas.source import Lane
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.fetch import CaptureRef, source_digest
from muniment.tasks.judge import JudgementRef
from muniment.tasks.pack import find_judgement
from muniment.tasks.step import run_id, step

GREEN_ACTOR = "policy:green-lane"


@step
def decide(uri: str, identifier: str, decision: Decision, reason: str, actor: str, identity: str = "typed") -> Review:
    """Record a steward's decision; raises `NotApproved` when what they saw is no longer what stands, or the lane forbids it."""
    root = open_root(uri)
    judgement = find_judgement(root, identifier)
    source = root.registry.get(judgement.source)
    if decision in APPROVALS:
        if source.lane is Lane.BLOCKED:
            raise NotApproved(f"Source {source.id} is in the blocked lane.", "Move it to another lane first.")
        require_current(root, judgement)
    review = Review(judgement=judgement.id, decision=decision, reason=reason, actor=actor, identity=identity, at=datetime.now(UTC))
    _write(root, review)
    root.record(
        Draft(
            kind=EntryKind.REVIEWED,
            actor=actor,
            run=run_id(),
            subjects=(f"source:{source.id}",),
            inputs=(f"judgement:{judgement.id}",),
            outputs=(f"review:{digest(review)}",),
            reasons=(str(decision).upper().replace("-", "_"),),
        )
    )
    return review


@step
def approve_green(uri: str, judgement: Judgement) -> Review | None:
    """Approve a green-lane capture that keeps the policy's shares; None when a person must look."""
    root = open_root(uri)
    source, green = root.registry.get(judgement.source), policies.current(root).green
    if source.lane is not Lane.GREEN or judgement.failed:
        return None
    if standing := latest(root, judgement.id):
        return standing
    capture = root.manifests.get(f"captures/{source.id}", judgement.capture, Capture)
    total = max(sum(judgement.actions.values()), 1)
    set_aside = capture.counts.get("set_aside", 0)
    shares = (
        judgement.actions.get("hold", 0) / total <= green.max_hold_share
        and judgement.actions.get("reject", 0) / total <= green.max_reject_share
        and set_aside / (total + set_aside) <= green.max_set_aside_share
    )
    if not shares:
        return None
    return decide(uri, judgement.id, Decision.APPROVE, "Every share of the green lane is kept.", GREEN_ACTOR, "policy")


def latest(root: Root, judgement: str) -> Review | None:
    """The decision that stands for a judgement: the last one."""
    keys = list(root.objects.list(f"reviews/{judgement}/"))
    return root.manifests.record(keys[-1], Review) if keys else None


def approval(root: Root, judgement: Judgement) -> Review:
    """The approval that stands for a judgement; raises `NotApproved` when there is none, or when it is void."""
    review = latest(root, judgement.id)
    if review is None:
        raise NotApproved(
            f"Nobody has reviewed {judgement.source} (judgement {judgement.id}).",
            f"Read `muniment review {judgement.source}` and decide.",
        )
    if review.decision not in APPROVALS:
        raise NotApproved(
            f"{judgement.source} was reviewed: {review.decision}.",
            f"A later approval can change that: `muniment review {judgement.source}`.",
        )
    require_current(root, judgement)
    return review


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


def _write(root: Root, review: Review) -> None:
    number = len(list(root.objects.list(f"reviews/{review.judgement}/")))
    while not root.objects.put(f"reviews/{review.judgement}/{number:06d}.json", canonical_json(review)):
        number += 1
