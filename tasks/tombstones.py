"""What was erased stays out: ids that a capture must not take in again."""

from muniment.schemas.canonical import canonical_json
from muniment.schemas.source import Record
from muniment.store.root import Root


class Tombstone(Record):
    """The documents that one request erased, by their keyed ids."""

    request: str
    documents: tuple[str, ...]


def lay(root: Root, tombstone: Tombstone) -> None:
    """Bar what a request erases, for good: before anything is removed, so that no capture brings it back meanwhile."""
    root.objects.put(f"tombstones/{tombstone.request}.json", canonical_json(tombstone))


def erased(root: Root) -> frozenset[str]:
    """Ids of all documents that were erased from this root."""
    kept = (root.manifests.record(key, Tombstone) for key in root.objects.list("tombstones/"))
    return frozenset(doc_id for each in kept for doc_id in each.documents)
