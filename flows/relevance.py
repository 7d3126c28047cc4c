"""Ask what is asked every night: canaries, and audits of sets that are due for one."""

from muniment.flows.story import Story
from muniment.schemas.relevance import Watched
from muniment.tasks.relevance.audit import audit_relevance
from muniment.tasks.relevance.canaries import run_canaries
from muniment.tasks.relevance.present import present_relevance


@Story
def relevance(root: str = "", queries: str = "", ref: str = "production", user: str = "", actor: str = "schedule") -> Watched:
    """Run every canary and tell when answers moved too far; with `queries`, audit that set too, `user` asking where it names nobody."""
    ran = run_canaries(root, actor)
    audit = audit_relevance(root, queries, actor, ref, user=user) if queries else None
    found = Watched(canaries=tuple(ran), audit=audit)
    present_relevance(root, found)
    return found
