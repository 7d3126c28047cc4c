"""Every night: capture what is due, promote what is approved, refresh the index."""

from muniment.errors import MunimentError, NotApproved
from muniment.flows.capture import capture
from muniment.flows.index import index
from muniment.flows.promote import promote
from muniment.flows.story import Story
from muniment.schemas.source import Record
from muniment.tasks.sources import due


class Night(Record):
    """What a night came to. One source's failure is told and does not stop the others."""

    captured: dict[str, str]  # source → capture
    failed: dict[str, str]  # source → error
    snapshot: str
    index: str


@Story
def nightly(root: str = "", actor: str = "schedule") -> Night:
    """Costs what changed: a night without changes detects, promotes and embeds nothing."""
    captured, failed = dict[str, str](), dict[str, str]()
    for source in due(root):
        try:
            captured[source] = capture(source, root=root, actor=actor).capture
        except MunimentError as error:
            failed[source] = f"{error.code}: {error}"
    try:
        snapshot = promote(root=root, actor=actor).snapshot
    except NotApproved as refusal:
        return Night(captured=captured, failed={**failed, "promotion": str(refusal)}, snapshot="", index="")
    built = index(root=root, actor=actor)
    return Night(captured=captured, failed=failed, snapshot=snapshot, index=built.id)
