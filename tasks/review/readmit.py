"""Serve a source again after a quarantine: only once nothing that is shown of it rests on an approval from before."""

from muniment.schemas.capture import Judgement
from muniment.schemas.index import Index
from muniment.schemas.review import APPROVALS
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.store.root import Root, open_root
from muniment.tasks.erasure import withheld
from muniment.tasks.review import quarantine
from muniment.tasks.review.decide import standing_of
from muniment.tasks.step import step


@step
def readmit(uri: str) -> list[str]:
    """Sources that are served again from now on; those in quarantine, and those that are still shown as they were, stay withheld."""
    root = open_root(uri)
    back = [source for source in quarantine.held_back_sources(root) if _may_return(root, source)]
    for source in back:
        withheld.release(root, quarantine.held_back(source))
    return back


def _may_return(root: Root, source: str) -> bool:
    return not quarantine.quarantined(root, source) and all(_approved(root, part) for part in _shown(root, source))


def _shown(root: Root, source: str) -> list[Part]:
    """Parts of a source in every snapshot that a ref shows, or whose index it serves."""
    parts = []
    for name in root.refs.names():
        held = root.refs.read(name, Target)[0] if "/" not in name else None
        snapshots = {held.snapshot} if held else set()
        if held and held.index:
            snapshots.add(root.manifests.get("indexes", held.index, Index).snapshot)
        for identifier in sorted(snapshots):
            parts += [part for part in root.manifests.get("snapshots", identifier, Snapshot).parts if part.source == source]
    return parts


def _approved(root: Root, part: Part) -> bool:
    whole = standing_of(root, root.manifests.get("judgements", part.judgement, Judgement)).whole
    return whole is not None and whole.decision in APPROVALS
