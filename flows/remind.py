"""Tell stewards what waits for them, and who else is told when it waits too long."""

from muniment.flows.story import Story
from muniment.schemas.source import Record
from muniment.tasks.review.remind import Waiting
from muniment.tasks.review.remind import remind as tell


class Reminded(Record):
    """What waits, the longest first."""

    waiting: tuple[Waiting, ...]


@Story
def remind(root: str = "", actor: str = "schedule") -> Reminded:
    """Raise `muniment.review.due` and `muniment.review.overdue` once for each judgement that has waited so long."""
    return Reminded(waiting=tuple(tell(root, actor)))
