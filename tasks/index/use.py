"""Let a ref serve another index of the snapshot that it shows, or the one before again."""

from muniment.errors import GateFailed, NotFound, Superseded
from muniment.schemas.index import EXACT, Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Target
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import target
from muniment.tasks.index.gate import report_of
from muniment.tasks.index.opening import unplanned
from muniment.tasks.step import run_id, step


@step
def use_index(uri: str, identifier: str, ref: str, actor: str) -> Index:
    """Serve an index that is exact or passed its gate as it is now. Raises `NotFound`, `Superseded`, `GateFailed`, `Corrupt`, `StaleRef`."""
    root = open_root(uri)
    held, tag = target(root, ref)
    if held is None:
        raise NotFound(f"No ref is called {ref}.", "List them with `muniment snapshots`.")
    index = root.manifests.get("indexes", identifier, Index)
    _require_fit(root, held, index)
    if held.index != index.id:
        _move(root, ref, held, tag, index, EntryKind.INDEX_USED, actor)
    return index


@step
def fall_back(uri: str, ref: str, actor: str) -> Index:
    """Serve the index before again, or the exact one that the served one was built beside; raises `NotFound` when there is none."""
    root = open_root(uri)
    held, tag = target(root, ref)
    if held is None or not held.index:
        raise NotFound(f"{ref} has no index yet.", "Build one with `muniment index build`.")
    before = held.before or root.manifests.get("indexes", held.index, Index).baseline
    if not before:
        raise NotFound(f"{ref} served no other index of this snapshot before.", "Build one: `muniment index build`.")
    index = root.manifests.get("indexes", before, Index)
    unplanned(root, index)
    _move(root, ref, held, tag, index, EntryKind.INDEX_FELL_BACK, actor)
    return index


def _require_fit(root: Root, held: Target, index: Index) -> None:
    if index.snapshot != held.snapshot:
        raise Superseded(
            f"Index {index.id} is of snapshot {index.snapshot}, and the ref shows {held.snapshot}.",
            "Build one of what it shows: `muniment index build`.",
        )
    unplanned(root, index)  # refused when its files are not what the manifest says
    if index.variant == EXACT:
        return
    report = report_of(root, index.id)
    remedy = f"Measure it: `muniment index gate {index.id}`."
    if report is None:
        raise GateFailed(f"Index {index.id} ({index.variant}) was never measured.", remedy)
    if report.revision != index.revision:
        raise GateFailed(f"Index {index.id} was measured before an erasure changed it.", remedy)
    if not report.passed:
        raise GateFailed(
            f"Index {index.id} did not pass: {', '.join(report.reasons)}.", "Serve the exact one, or build another variant."
        )


def _move(root: Root, ref: str, held: Target, tag: str, index: Index, kind: EntryKind, actor: str) -> None:
    """Recorded first, then done, in one step."""
    moved = Target(snapshot=held.snapshot, index=index.id, before=held.index, serial=held.serial + 1)
    root.record(
        Draft(
            kind=kind,
            actor=actor,
            run=run_id(),
            key=f"{ref}#{moved.serial}={index.id}",
            subjects=(f"ref:{ref}",),
            inputs=(f"index:{held.index}",),
            outputs=(f"index:{index.id}",),
        )
    )
    root.refs.move(ref, moved, tag)
