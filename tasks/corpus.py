"""What is in the corpus now: refs, and the snapshots and indexes that they lead to."""

from collections.abc import Sequence

from muniment.errors import NotFound
from muniment.schemas.index import Index
from muniment.schemas.snapshot import SHARE_ALIKE, Part, Snapshot, Target
from muniment.store.root import Root


def target(root: Root, ref: str) -> tuple[Target | None, str]:
    """What a ref points at, and its tag."""
    return root.refs.read(ref, Target)


def shown(root: Root, name: str) -> Snapshot | None:
    """The snapshot that a ref, or a snapshot id, names; None when the ref was never set."""
    held, _ = target(root, name)
    if held:
        return root.manifests.get("snapshots", held.snapshot, Snapshot)
    try:
        return root.manifests.get("snapshots", name, Snapshot)
    except NotFound:
        return None


def required(root: Root, name: str) -> Snapshot:
    """The same; raises `NotFound` when there is none."""
    snapshot = shown(root, name)
    if snapshot is None:
        raise NotFound(
            f"No snapshot or ref is called {name}.", "List them with `muniment snapshots`; make one with `muniment promote`."
        )
    return snapshot


def leaving_out(snapshot: Snapshot, layers: Sequence[str]) -> tuple[str, ...]:
    """The layers to leave out, sorted; raises `NotFound` for one that is unknown, or that this snapshot does not keep apart."""
    if unknown := sorted(set(layers) - {SHARE_ALIKE}):
        raise NotFound(f"No layer is called {unknown[0]}.", f"The layer that can be left out is {SHARE_ALIKE}.")
    if layers and not snapshot.layered:
        raise NotFound(
            f"Snapshot {snapshot.id} was made before share-alike documents lay apart.", "Promote again: `muniment promote`."
        )
    return tuple(sorted(set(layers)))


def parts_of(root: Root, snapshot: Snapshot | None) -> tuple[Part, ...]:
    """The parts of a snapshot, none when there is no snapshot."""
    return snapshot.parts if snapshot else ()


def index_of(root: Root, ref: str) -> Index:
    """The index that a ref serves; raises `NotFound` when none was built."""
    held, _ = target(root, ref)
    if held is None or not held.index:
        raise NotFound(f"{ref} has no index yet.", "Build one with `muniment index build`.")
    return root.manifests.get("indexes", held.index, Index)
