"""Ending a tombstone early: consent was given again, or what was barred was barred by mistake."""

from datetime import UTC, datetime

from muniment.errors import NotFound
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.tombstone import Lifting
from muniment.store.root import open_root
from muniment.tasks.tombstones import records


def lift(uri: str, request: str, reason: str, actor: str) -> Lifting:
    """Let what a request erased be captured again from now on; nothing that was erased comes back by that alone.

    Raises `NotFound` when the request has no tombstone.
    """
    root = open_root(uri)
    if not any(each.startswith(f"{request}-") for each in records.laid(root)[0]):
        raise NotFound(f"No tombstone was laid for request {request}.", "List what was erased: `muniment receipts`.")
    made = Lifting(request=request, reason=reason, actor=actor, at=datetime.now(UTC))
    records.end(root, made)
    root.record(
        Draft(kind=EntryKind.TOMBSTONE_LIFTED, actor=actor, key=request, inputs=(f"request:{request}",), reasons=("LIFTED",))
    )
    return made
