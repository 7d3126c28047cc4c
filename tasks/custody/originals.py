"""Originals: the bytes as they were fetched, each under a key of its own, and how they are shredded."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from muniment.errors import StaleRef
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Copy
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Source, Status
from muniment.schemas.stored import Stored
from muniment.store.originals.packs import Original, Packs, Removed
from muniment.store.root import Root
from muniment.tasks.step import run_id

PACK_BYTES, PACK_ROWS = 16 << 20, 2_000


def prepare(root: Root, source: Source) -> None:
    """Give a source that keeps originals the key that its packs need, before several processes write some."""
    while source.keep_originals:
        try:
            return root.keychain.make_source_key(source.id)
        except StaleRef:
            continue


def packed(root: Root, source: str) -> set[tuple[str, bytes]]:
    """Id and SHA-256 of every original that is kept of a source."""
    packs = Packs(root.objects)
    tables = (packs.keys(each).select(["doc_id", "raw_hash"]) for each in packs.all(source))
    return {pair for table in tables for pair in zip(*(column.to_pylist() for column in table.columns), strict=True)}


class Packer:
    """Collects originals of a batch and packs those that are not kept yet."""

    def __init__(self, root: Root, source: Source) -> None:
        self._packs, self._source, self._on = Packs(root.objects), source, source.keep_originals
        self._known = packed(root, source.id) if self._on else set[tuple[str, bytes]]()
        self._key = root.keychain.source_key(source.id) if self._on else b""
        self._held: list[Original] = []
        self._bytes = 0

    def add(self, original: Original, raw_hash: str) -> None:
        """Take one in, unless this very original is kept."""
        if not self._on or (original.doc_id, bytes.fromhex(raw_hash)) in self._known:
            return
        self._held.append(original)
        self._bytes += len(original.raw)
        if self._bytes >= PACK_BYTES or len(self._held) >= PACK_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            self._packs.write(self._source.id, self._held, self._key)
        self._held, self._bytes = [], 0


def supersede(root: Root, source: Source, shards: Sequence[Stored]) -> None:
    """Shred originals of documents that are others by now: of each, the one in the shards of the source's present capture is kept."""
    if not source.keep_originals:
        return
    current = root.lake.read_all(shards, DOCUMENT, ["doc_id", "raw_hash"])
    stands = dict(zip(current["doc_id"].to_pylist(), current["raw_hash"].to_pylist(), strict=True))

    def replaced(table: pa.Table) -> pa.ChunkedArray:
        pairs = zip(table["doc_id"].to_pylist(), table["raw_hash"].to_pylist(), strict=True)
        return pa.chunked_array([pa.array([stands.get(doc_id, raw.hex()) != raw.hex() for doc_id, raw in pairs], pa.bool_())])

    _record(root, list(Packs(root.objects).remove(replaced, source.id)), "SUPERSEDED")


def holding(root: Root, doc_ids: pa.Array) -> list[Copy]:
    """What an erasure of these documents would shred: a copy for each pack with one of them. Its bytes are those that must be written anew."""
    return _copies(Packs(root.objects).would_remove(lambda table: _among(table, doc_ids)), "to shred")


def shred(root: Root, doc_ids: pa.Array, whole_source: str = "") -> list[Copy]:
    """Destroy the keys of these documents' originals, and packs of which little is left; gives what was done now. Safe to run again.

    Of a source that goes whole, also originals that no capture names any more. A source that feeds nothing any more and of which no
    original is left loses its key too."""
    packs = Packs(root.objects)
    done = shred_source(root, whole_source) if whole_source else []
    done += _record(root, list(packs.remove(lambda table: _among(table, doc_ids))), "ERASED")
    held, left = root.keychain.reload(), {each.source for each in packs.all()}
    feeding = {each.id for each in root.registry.all() if each.status is not Status.SUSPENDED}
    for source in set(held.sources if held else ()) - left - feeding:
        root.keychain.destroy_source_key(source)
    return done


def shred_source(root: Root, source: str) -> list[Copy]:
    """Destroy the key of all originals of a source in one step, then remove its packs. Safe to run again."""
    root.keychain.destroy_source_key(source)
    return _record(root, list(Packs(root.objects).remove_source(source)), "ERASED")


def _among(table: pa.Table, doc_ids: pa.Array) -> pa.ChunkedArray:
    return pc.is_in(table["doc_id"], value_set=doc_ids)


def _copies(removed: Iterable[Removed], status: str) -> list[Copy]:
    return [
        Copy(place="original", name=each.pack, rows=each.rows, status=status, bytes=each.bytes, written=each.written)
        for each in removed
    ]


def _record(root: Root, removed: Sequence[Removed], reason: str) -> list[Copy]:
    if removed:
        root.record(
            Draft(
                kind=EntryKind.ORIGINALS_SHREDDED,
                actor="muniment",
                run=run_id(),
                counts={"originals": sum(each.rows for each in removed), "packs": len(removed)},
                reasons=(reason,),
            )
        )
    return _copies(removed, "shredded")
