"""A steward decides about a judgement; an approval goes on to promotion."""

from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import Field

from muniment.errors import NotApproved
from muniment.flows.promote import promote
from muniment.flows.story import Story
from muniment.schemas.review import APPROVALS, Decision, Review
from muniment.tasks.pack import gather_pack
from muniment.tasks.review.decide import approved, decide
from muniment.tasks.review.identity import identity
from muniment.tasks.review.present import present

Reason = Annotated[str, Field(min_length=3, max_length=2000)]
Actor = Annotated[str, Field(min_length=2, max_length=100)]
Subject = Annotated[str, Field(min_length=2)]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,47}$")]
Document = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


@Story
def review(
    judgement: Subject,
    decision: Decision,
    reason: Reason,
    actor: Actor,
    groups: list[Code] = [],  # noqa: B006 – the form shows an empty list
    documents: list[Document] = [],  # noqa: B006
    until: Day = "",
    promote_to: str = "production",
    root: str = "",
) -> Review:
    """Decide about a captured source. Read its evidence pack first; an approval is void once anything in it changes.

    Args:
        judgement: The judgement that you read. The link in the evidence pack fills it in; a source or capture id works too.
        decision: approve admits what the verdicts admit; approve-redacted also what is held for personal data alone, redacted.
        reason: Why. Kept with the decision, read by auditors.
        actor: Your name, as it will stand in the ledger. Where people sign in, the server fills it in.
        groups: Reason codes, to decide about the documents that have them. Approving what the policy stops is an override.
        documents: Ids, to decide about these documents alone. Goes over groups; both empty: about the whole capture.
        until: The day on which the decision ends, as 2027-01-31. Overrides always end; empty: as the policy says.
        promote_to: The ref that an approval promotes to. Empty: only record the decision.
        root: Leave empty: the corpus that this service keeps.
    """
    day = date.fromisoformat(until) if until else None
    made = decide(root, judgement, decision, reason, actor, identity(), tuple(groups), tuple(documents), day)
    present(root, gather_pack(root, made.judgement), decided=True)
    if promote_to and (decision in APPROVALS or not made.whole) and approved(root, made.judgement):
        # A part of a capture, or the first of two approvals: what was decided stands, and the whole still waits.
        with suppress(NotApproved):
            promote(to=promote_to, root=root, actor=actor)
    return made
