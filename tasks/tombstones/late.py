"""An erasure that was carried out while a capture was being read: what the capture wrote meanwhile is taken back."""

from muniment.errors import StaleRef
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import Kind
from muniment.store.root import Root
from muniment.tasks.tombstones.barred import Barred, barred


def state(bars: Barred) -> str:
    """What a capture may not take in, as a digest."""
    return bars.state(Kind.KEY, Kind.CONTENT)


def refuse(root: Root, capture: Capture, before: str) -> None:
    """Remove what a capture wrote that is not visible yet and raise `StaleRef`, when something of it was erased since `before`."""
    bars = barred(root)
    if state(bars) == before:
        return
    lost = [shard for shard in capture.shards if _erased(root, shard, bars)]
    if lost:
        root.objects.delete(f"captures/{capture.source}/{capture.id}/0.json")
        for shard in lost:
            root.objects.delete(shard.key)
        raise StaleRef(f"Documents of {capture.source} were erased while it was read.", "Capture it again.")


def _erased(root: Root, shard: Stored, bars: Barred) -> bool:
    """Whether a shard was rewritten by an erasure, or holds what one removed."""
    if not root.lake.exists(shard):
        return True
    return any(map(bars.key, root.lake.read(shard, DOCUMENT, ["doc_id"])["doc_id"].to_pylist()))
