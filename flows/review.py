"""A steward decides about a judgement; an approval goes on to promotion."""

from typing import Annotated

from pydantic import Field

from muniment.flows.promote import promote
from muniment.flows.story import Story
from muniment.schemas.review import APPROVALS, Decision, Review
from muniment.tasks.pack import gather_pack
from muniment.tasks.present import present
from muniment.tasks.review import decide

Reason = Annotated[str, Field(min_length=3, max_length=2000, description="Why: kept with the decision, read by auditors")]
Actor = Annotated[str, Field(min_length=2, max_length=100, description="Your name")]
Subject = Annotated[str, Field(min_length=2, description="The judgement that you read; a source or capture id works too")]


@Story
def review(
    judgement: Subject, decision: Decision, reason: Reason, actor: Actor, promote_to: str = "production", root: str = ""
) -> Review:
    """Decide about a captured source. Read its evidence pack first; an approval is void once anything in it changes."""
    pack = gather_pack(root, judgement)
    made = decide(root, pack.judgement, decision, reason, actor)
    present(root, pack, decided=True)
    if decision in APPROVALS and promote_to:
        promote(to=promote_to, root=root, actor=actor)
    return made
