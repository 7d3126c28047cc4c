"""A steward decides about a judgement; an approval goes on to promotion."""

from typing import Annotated

from pydantic import Field

from muniment.flows.promote import promote
from muniment.flows.story import Story
from muniment.schemas.review import APPROVALS, Decision, Review
from muniment.tasks.pack import gather_pack
from muniment.tasks.present import present
from muniment.tasks.review import decide

Reason = Annotated[str, Field(min_length=3, max_length=2000)]
Actor = Annotated[str, Field(min_length=2, max_length=100)]
Subject = Annotated[str, Field(min_length=2)]


@Story
def review(
    judgement: Subject, decision: Decision, reason: Reason, actor: Actor, promote_to: str = "production", root: str = ""
) -> Review:
    """Decide about a captured source. Read its evidence pack first; an approval is void once anything in it changes.

    Args:
        judgement: The judgement that you read. The link in the evidence pack fills it in; a source or capture id works too.
        decision: approve admits what the verdicts admit; approve-redacted also what is held for personal data alone, redacted.
        reason: Why. Kept with the decision, read by auditors.
        actor: Your name, as it will stand in the ledger.
        promote_to: The ref that an approval promotes to. Empty: only record the decision.
        root: Leave empty: the corpus that this service keeps.
    """
    pack = gather_pack(root, judgement)
    made = decide(root, pack.judgement, decision, reason, actor)
    present(root, pack, decided=True)
    if decision in APPROVALS and promote_to:
        promote(to=promote_to, root=root, actor=actor)
    return made
