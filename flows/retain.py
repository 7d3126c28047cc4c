"""Enforce retention: what outlived its window, its source's contract or its use goes, and is told."""

from datetime import UTC, datetime

from muniment.errors import MunimentError
from muniment.flows.erase import erase
from muniment.flows.story import Story
from muniment.schemas.retention import Retained
from muniment.tasks.retain.adopt import adopt_policy
from muniment.tasks.retain.enforce import record_night, remove_due, request_due
from muniment.tasks.retain.history import forget_history
from muniment.tasks.retain.plan import plan_retention


@Story
def retain(root: str = "", actor: str = "schedule", at: datetime | None = None) -> Retained:
    """Remove what is due and erase the documents that are, with a receipt. Costs a look where nothing is due; safe to run again."""
    moment = at or datetime.now(UTC)
    adopt_policy(root, actor, moment)
    dues = plan_retention(root, moment)
    removed = remove_due(root, dues)
    erased = dict[str, str]()
    for request in request_due(root, dues, actor):
        try:
            erased[request] = "" if erase(request, root=root).proven else "NOT_PROVEN"
        except MunimentError as error:
            erased[request] = error.code
    history = forget_history(root, moment)
    return record_night(root, dues, removed, erased, history.counts, history.put_off, actor)
