"""The risk of a judgement in one word or number, for lists."""

from muniment.schemas.capture import Judgement
from muniment.store.root import Root
from muniment.tasks.risk import assess


def riskiness(root: Root, judgement: Judgement) -> str:
    """Its score under the policy's table, as a whole number."""
    return f"{assess(root, judgement).score:.0f}"
