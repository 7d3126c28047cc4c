"""Erase documents from every kept snapshot and index, prove it, and look again at what they had suppressed."""

from muniment.flows.story import Story
from muniment.schemas.erasure import Receipt
from muniment.tasks.erasure.prove import prove
from muniment.tasks.erasure.reelect import reelect
from muniment.tasks.erasure.rewrite import rewrite_backups, rewrite_copies
from muniment.tasks.erasure.settle import settle
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.review.decide import approve_green


@Story
def erase(request: str, root: str = "") -> Receipt:
    """Carry out a request that was written down before. Running it again changes nothing more and proves it anew."""
    plan = plan_erasure(root, request)
    rewrite_copies(root, plan)
    rewrite_backups(root, plan)
    receipt = prove(root, plan)
    settle(root, plan, receipt)
    for judgement in reelect(root, plan, "erasure"):
        approve_green(root, judgement)
    return receipt
