"""Capture what changed at a source into quarantine."""

from itertools import chain

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.identity import document_id, keyed_hash
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT, ENTRY, SET_ASIDE
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record, Source
from muniment.schemas.stored import Stored
from muniment.store.connectors import connect
from muniment.store.connectors.item import Entry, Item
from muniment.store.originals.packs import Original
from muniment.store.root import Root, open_root
from muniment.tasks.columns import profile
from muniment.tasks.custody import originals
from muniment.tasks.derive import frame, shrink, shrink_shard
from muniment.tasks.normalise import NORMALISER, Rows
from muniment.tasks.pool import cores, spread
from muniment.tasks.step import report, run_id, step
from muniment.tasks.tombstones import late
from muniment.tasks.tombstones.barred import Barred, barred

_MIN_BATCH, _MAX_BATCH = 1 << 20, 16 << 20  # bytes at the source; an erasure rewrites what lies together
_MAX_ENTRIES = 20_000
# Two captures of a document are the same when all of these are.
_SAME = ["doc_id", "raw_hash", "path", "title", "modified", "project", "declared_licence", "acl", "notices", "text_hash"]


class CaptureRef(Record):
    """What `refs/captures/<source>` holds."""

    capture: str


class Fetched(Record):
    """The source's present capture, and how much was listed and read to know it. A capture that stands was not written anew."""

    capture: Capture
    listed: int
    read: int


class Batch(Record):
    """Entries read together: the unit of work of a capture, and of resuming one."""

    uri: str
    source: Source
    entries: tuple[tuple[str, str, int], ...]


class Taken(Record):
    """What a batch gave."""

    shards: tuple[Stored, ...]
    set_aside: Stored
    erased: int


def source_digest(source: Source) -> str:
    """Digest of what a registry entry says about its documents; who approved it and when is not part of that."""
    unsaid = {"status", "approved_by", "version", "refresh", "steward", "keep_originals"}
    return digest(source.model_dump(mode="json", exclude=unsaid))


@step
def fetch(uri: str, source_id: str, actor: str) -> Fetched:
    """Read what is new or changed, keep what is not, and write the capture's manifest; raises `RegistryError`, `SourceUnavailable`."""
    root = open_root(uri)
    source = root.registry.approved(source_id)
    connector = connect(source)
    label = f"{connector.name}@{connector.version}+{NORMALISER}+{digest([source.select, source.columns, source.location])[:12]}"
    label += "+originals" * source.keep_originals  # what was read without keeping them is read again
    originals.prepare(root, source)
    report("list", 0, 0)
    barring = late.state(barred(root))
    listed = list(connector.list())
    reference, tag = root.refs.read(f"captures/{source.id}", CaptureRef)
    before = root.manifests.get(f"captures/{source.id}", reference.capture, Capture) if reference else None
    known = root.lake.read(before.entries, ENTRY) if before and before.connector == label else ENTRY.empty_table()
    capture = _assemble(root, source, label, listed, before, known)
    new = root.manifests.put(f"captures/{source.id}", capture)
    late.refuse(root, capture, new, barring)
    changed = reference is None or reference.capture != capture.id
    _record(root, capture, before, actor, changed)
    if changed:
        root.refs.move(f"captures/{source.id}", CaptureRef(capture=capture.id), tag)
    originals.supersede(root, source, capture.shards)
    return Fetched(capture=capture, listed=len(listed), read=capture.counts["read"] if changed else 0)


def _assemble(root: Root, source: Source, label: str, listed: list[Entry], before: Capture | None, known: pa.Table) -> Capture:
    """The manifest of the source's present state: kept shards of the capture before, and shards of what was read now."""
    entries = _entries(root, source, listed, barred(root))
    same = set(entries.join(frame(known), on=["entry", "fingerprint"], how="semi")["key"])
    to_read = [each for each in listed if each.key not in same]
    alike = before is not None and (before.connector, before.source_digest) == (label, source_digest(source))
    columns = profile(root, source, listed)
    if before and alike and not to_read and len(same) == known.num_rows and before.columns == columns:
        return before
    taken = list(spread("fetch", read_batch, _batches(root, source, to_read)))
    new = list(chain.from_iterable(each.shards for each in taken))
    gone = _gone(root, before, same)
    unchanged = _unchanged(root, gone, new)
    kept = _shrunk(root, before, gone.filter(pc.invert(_among(gone, unchanged))))
    fresh = [shard for shard in (shrink(root, each, DOCUMENT, unchanged) for each in new) if shard]
    aside = _set_aside(root, before, same, taken)
    counts = _counts(root, before, listed, to_read, gone, unchanged, kept + fresh, fresh)
    counts["set_aside"], counts["erased"] = aside.num_rows, sum(each.erased for each in taken)
    shards = tuple(sorted((*kept, *fresh), key=lambda shard: shard.digest))
    stored_entries = root.lake.write(entries.sort("entry").drop("key").to_arrow(), ENTRY)
    stored_aside = root.lake.write(aside, SET_ASIDE) if aside.num_rows else None
    named = [
        source.id,
        source_digest(source),
        label,
        stored_entries.digest,
        [shard.digest for shard in shards],
        stored_aside and stored_aside.digest,
        *([columns.digest] if columns else []),
    ]
    return Capture(
        id=digest(named)[:20],
        source=source.id,
        source_digest=source_digest(source),
        connector=label,
        entries=stored_entries,
        shards=shards,
        set_aside=stored_aside,
        columns=columns,
        counts=counts,
        set_aside_reasons={row["reason"]: row["len"] for row in frame(aside).group_by("reason").len().sort("reason").to_dicts()},
    )


def _entries(root: Root, source: Source, listed: list[Entry], bars: Barred) -> pl.DataFrame:
    """key, entry, fingerprint of what was listed. `entry` is a keyed hash: a list of names would outlive an erasure. What a lifted
    tombstone kept out has another fingerprint than before, so that it is read."""
    secret = root.vault.key("entries")
    named = [(each.key, keyed_hash(secret, each.key), each.fingerprint) for each in listed]
    rows = [(key, entry, fingerprint + bars.reopened(source.id, key)) for key, entry, fingerprint in named]
    return pl.DataFrame(rows, {"key": pl.String, "entry": pl.String, "fingerprint": pl.String}, orient="row")


def _batches(root: Root, source: Source, entries: list[Entry]) -> list[Batch]:
    """Entries in batches of similar size: small enough to keep all cores busy, at most 16 MB."""
    target = min(max(sum(each.size for each in entries) // (4 * cores()), _MIN_BATCH), _MAX_BATCH)
    batches: list[Batch] = []
    held: list[tuple[str, str, int]] = []
    for each in entries:
        if held and (sum_of(held) + each.size > target or len(held) >= _MAX_ENTRIES):
            batches.append(Batch(uri=root.uri, source=source, entries=tuple(held)))
            held = []
        held.append((each.key, each.fingerprint, each.size))
    return [*batches, Batch(uri=root.uri, source=source, entries=tuple(held))] if held else batches


def sum_of(entries: list[tuple[str, str, int]]) -> int:
    """Bytes of these entries at the source."""
    return sum(size for _, _, size in entries)


def read_batch(batch: Batch) -> Taken:
    """Read, extract and normalise a batch into shards; what cannot be taken in is set aside. Done work is recalled."""
    root = open_root(batch.uri)
    bars = barred(root)
    key = digest(
        [
            batch.source.model_dump(mode="json", include={"id", "kind", "location", "select", "columns", "keep_originals"}),
            batch.entries,
            NORMALISER,
            late.state(bars),
        ]
    )
    recalled = root.work.recall("fetch", key, Taken)
    if recalled and all(map(root.lake.exists, (*recalled.shards, recalled.set_aside))):
        return recalled
    taken = _read(root, batch, bars)
    root.work.keep("fetch", key, taken)
    return taken


def _read(root: Root, batch: Batch, bars: Barred) -> Taken:
    connector = connect(batch.source)
    identity = root.vault.key("documents")
    rows = Rows(
        batch.source, f"{connector.name}@{connector.version}", lambda native: document_id(identity, batch.source.id, native), bars
    )
    shards: list[Stored] = []
    packer = originals.Packer(root, batch.source)
    for entry in batch.entries:
        for item in connector.read(Entry(*entry)):
            taken = len(rows.documents)
            rows.add(entry[0], item)
            if len(rows.documents) > taken and isinstance(item, Item):
                row = rows.documents[-1]
                packer.add(Original(row["doc_id"], row["media_type"], item.raw), row["raw_hash"])
            if rows.full:
                shards.append(root.lake.write(rows.flush(), DOCUMENT))
    packer.flush()
    if rows.documents:
        shards.append(root.lake.write(rows.flush(), DOCUMENT))
    return Taken(shards=tuple(shards), set_aside=root.lake.write(rows.set_aside_table(), SET_ASIDE), erased=rows.erased)


def _gone(root: Root, before: Capture | None, same: set[str]) -> pa.Table:
    """Documents of the capture before whose entry vanished or was read again."""
    columns = [*_SAME, "entry"]
    if before is None:
        return pa.schema([DOCUMENT.field(name) for name in columns]).empty_table()
    held = root.lake.read_all(before.shards, DOCUMENT, columns)
    return held.filter(pc.invert(pc.is_in(held["entry"], value_set=pa.array(sorted(same), pa.string()))))


def _unchanged(root: Root, gone: pa.Table, new: list[Stored]) -> pa.Array:
    """Ids of documents that were read again and are the same: the old row stays, with all evidence about it."""
    if not gone.num_rows or not new:
        return pa.array([], pa.string())
    read = frame(root.lake.read_all(new, DOCUMENT, _SAME))
    same = frame(gone).join(read, on=_SAME, how="semi", nulls_equal=True)["doc_id"]
    return pa.array(same.unique().sort().to_list(), pa.string())


def _among(table: pa.Table, doc_ids: pa.Array) -> pa.ChunkedArray:
    return pc.is_in(table["doc_id"], value_set=doc_ids)


def _shrunk(root: Root, before: Capture | None, removed: pa.Table) -> list[Stored]:
    if before is None:
        return []
    doc_ids = removed["doc_id"].combine_chunks()
    return [kept for kept in (shrink_shard(root, shard, doc_ids) for shard in before.shards) if kept]


def _set_aside(root: Root, before: Capture | None, same: set[str], taken: list[Taken]) -> pa.Table:
    """Records set aside now, and those of the capture before whose entry did not change."""
    tables = [root.lake.read(each.set_aside, SET_ASIDE) for each in taken]
    if before and before.set_aside:
        held = root.lake.read(before.set_aside, SET_ASIDE)
        tables.append(held.filter(pc.is_in(held["entry"], value_set=pa.array(sorted(same), pa.string()))))
    return pa.concat_tables([SET_ASIDE.empty_table(), *tables]).sort_by(
        [("entry", "ascending"), ("native_key", "ascending"), ("reason", "ascending")]
    )


def _counts(
    root: Root,
    before: Capture | None,
    listed: list[Entry],
    to_read: list[Entry],
    gone: pa.Table,
    unchanged: pa.Array,
    shards: list[Stored],
    fresh: list[Stored],
) -> dict[str, int]:
    """What was added, changed and removed since the capture before, counted in documents."""
    old = pl.Series(gone["doc_id"].to_pylist(), dtype=pl.String)
    new = pl.Series(root.lake.read_all(fresh, DOCUMENT, ["doc_id"])["doc_id"].to_pylist(), dtype=pl.String)
    changed = new.is_in(old.implode()).sum() if len(old) else 0
    return {
        "listed": len(listed),
        "read": len(to_read),
        "documents": sum(shard.rows for shard in shards),
        "added": len(new) - int(changed),
        "changed": int(changed),
        "vanished": len(old) - int(changed) - len(unchanged),
    }


def _record(root: Root, capture: Capture, before: Capture | None, actor: str, changed: bool) -> None:
    serial = before.id if before else ""
    root.record(
        Draft(
            kind=EntryKind.CAPTURED if changed else EntryKind.UNCHANGED,
            actor=actor,
            run=run_id(),
            key=f"{capture.id}<{serial}" if changed else "",
            subjects=(f"source:{capture.source}",),
            inputs=(f"source:{capture.source}", *((f"capture:{serial}",) if before and changed else ())),
            outputs=(f"capture:{capture.id}", *(f"object:{shard.digest}" for shard in capture.shards))
            if changed
            else (f"capture:{capture.id}",),
            counts=capture.counts,
            reasons=tuple(capture.set_aside_reasons),
        )
    )
