"""The risk of a judgement in one word or number, for lists."""

from muniment.schemas.capture import Judgement
from muniment.store.root import Root


def riskiness(root: Root, judgement: Judgement) -> str:
    """Empty where risk is not scored."""
    return ""
