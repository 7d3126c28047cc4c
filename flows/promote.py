"""Promote what is approved into a new snapshot, and make it visible in one step."""

from muniment.flows.story import Story
from muniment.schemas.snapshot import Target
from muniment.schemas.source import Record
from muniment.tasks.activate import activate, assemble, roll_back
from muniment.tasks.publish.publish import publish
from muniment.tasks.review.readmit import readmit


class Promoted(Record):
    """The snapshot that the ref shows now, which sources are new in it, and which ones wait and why."""

    snapshot: str
    documents: int
    fresh: tuple[str, ...]
    waiting: dict[str, str]


@Story
def promote(to: str = "production", root: str = "", actor: str = "schedule") -> Promoted:
    """Redact, assemble, check, activate. Raises a named error when nothing is approved or a gate does not hold."""
    published = publish(root, to)
    snapshot = assemble(root, to, published)
    activate(root, to, snapshot, actor)
    readmit(root)
    return Promoted(
        snapshot=snapshot.id, documents=int(snapshot.statistics["documents"]), fresh=published.fresh, waiting=published.waiting
    )


@Story
def rollback(to_snapshot: str = "", ref: str = "production", root: str = "", actor: str = "schedule") -> Target:
    """Show an earlier snapshot and its index again; never one that an erasure replaced."""
    return roll_back(root, ref, to_snapshot, actor)
