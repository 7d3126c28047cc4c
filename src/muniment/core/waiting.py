"""How urgent it is that somebody decides."""

from typing import Literal

from muniment.policies.reviews import Reviews

State = Literal["waiting", "due", "overdue"]


def state(hours: float, reviews: Reviews) -> State:
    """From how many hours a judgement has waited."""
    if hours >= reviews.escalate_after_hours:
        return "overdue"
    return "due" if hours >= reviews.remind_after_hours else "waiting"
