"""Erase documents from every kept snapshot and index, and prove it."""

from muniment.flows.story import Story
from muniment.schemas.erasure import Receipt
from muniment.tasks.erase import plan_erasure, rewrite_copies
from muniment.tasks.verify import prove


@Story
def erase(request: str, root: str = "") -> Receipt:
    """Carry out a request that was written down before. Running it again changes nothing more and proves it anew."""
    plan = plan_erasure(root, request)
    rewrite_copies(root, plan)
    return prove(root, plan)
