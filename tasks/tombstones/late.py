"""An erasure that was asked for while a capture was being read: what the capture wrote meanwhile is taken back."""

import pyarrow as pa

from muniment.errors import StaleRef
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import Kind
from muniment.store.root import Root
from muniment.tasks.custody import originals
from muniment.tasks.erasure import copies
from muniment.tasks.retain import holds
from muniment.tasks.tombstones.barred import Barred, barred

_NAMED = ["doc_id", "raw_hash", "text_hash"]


def state(bars: Barred) -> str:
    """What a capture may not take in, as a digest."""
    return bars.state(Kind.KEY, Kind.CONTENT)


def refuse(root: Root, capture: Capture, new: bool, before: str) -> None:
    """Remove what a capture wrote that is not visible yet and raise `StaleRef`, when something of it was barred since `before`.

    What stood already (a capture that is not `new`, shards and originals that others name) is left to the erasure, which may still be waiting
    for this capture to end.
    """
    bars = barred(root)
    if state(bars) == before:
        return
    lost = [shard for shard in capture.shards if not root.lake.exists(shard) or (new and _holds_barred(root, shard, bars))]
    if not lost:
        return
    if new:
        root.objects.delete(f"captures/{capture.source}/{capture.id}/0.json")
    standing = copies.named([manifest for _, manifest in copies.manifests(root)])
    for shard in lost:
        if shard.digest not in standing:
            root.objects.delete(shard.key)
    _shred(root, capture.source, bars)
    raise StaleRef(f"Documents of {capture.source} were erased while it was read.", "Capture it again.")


def _holds_barred(root: Root, shard: Stored, bars: Barred) -> bool:
    rows = root.lake.read(shard, DOCUMENT, ["source_id", *_NAMED]).to_pylist()
    return any(
        bars.key(row["doc_id"]) or bars.content(row["source_id"], row["doc_id"], {row["raw_hash"], row["text_hash"]})
        for row in rows
    )


def _shred(root: Root, source: str, bars: Barred) -> None:
    """Originals that the capture packed: of documents that are barred by id, or by content when no capture that stands has them."""
    packed = originals.packed(root, source)
    if not packed:
        return
    shards = {shard.digest: shard for each in root.manifests.all(f"captures/{source}", Capture) for shard in each.shards}
    named = set(root.lake.read_all(list(shards.values()), DOCUMENT, ["doc_id"])["doc_id"].to_pylist())
    doomed = {
        doc_id for doc_id, raw in packed if bars.key(doc_id) or (doc_id not in named and bars.content(source, doc_id, {raw.hex()}))
    }
    originals.shred(root, pa.array(sorted(doomed.difference(holds.held(root, doomed))), pa.string()))
