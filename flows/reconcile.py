"""Carry out what was asked for and left over: no request is lost because nobody listened."""

from muniment.errors import MunimentError
from muniment.flows.erase import erase
from muniment.flows.story import Story
from muniment.schemas.source import Record
from muniment.tasks.left_over import left_over


class Reconciled(Record):
    """Requests that were carried out now, and those that could not be: id → error code."""

    erased: tuple[str, ...]
    failed: dict[str, str]


@Story
def reconcile(root: str = "") -> Reconciled:
    """Erase for every request that has no receipt. One that an automation has just begun is left to it."""
    erased, failed = list[str](), dict[str, str]()
    for request in left_over(root):
        try:
            erase(request, root=root)
            erased.append(request)
        except MunimentError as error:
            failed[request] = error.code
    return Reconciled(erased=tuple(erased), failed=failed)
