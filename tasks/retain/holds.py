"""Legal holds: what neither retention nor an erasure may remove while they stand, and who may say so."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.errors import Forbidden, NotFound, RegistryError
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.capture import Capture
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.hold import Hold, Release, Standing
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Slug
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.derive import frame
from muniment.tasks.erasure import copies

LEGAL = "legal"  # the group of those who may place and release any hold
_SHOWN = 5  # ids in an error


def held(root: Root, doc_ids: Collection[str] | pa.Array) -> dict[str, str]:
    """Of these documents those under a hold that stands, each with the name of the first hold that reaches it."""
    holds = standing(root)
    if not holds or not len(doc_ids):
        return {}
    wanted = doc_ids if isinstance(doc_ids, pa.Array) else pa.array(sorted(doc_ids), pa.string())
    names: dict[str, str] = {}
    for hold in holds:
        for doc_id in _reached(root, hold, wanted):
            names.setdefault(doc_id, hold.name)
    return names


def everything_held(root: Root) -> dict[str, str]:
    """Every kept document under a hold, with the hold's name."""
    if not standing(root):
        return {}
    return held(root, sorted({doc_id for _, doc_ids in _by_source(root) for doc_id in doc_ids.to_pylist()} | _named(root)))


def standing(root: Root) -> list[Hold]:
    """Holds that are not released, by name."""
    return [each.hold for each in holds(root) if each.released is None]


def holds(root: Root) -> list[Standing]:
    """Every hold, by name, those that were released too."""
    names = [key.split("/")[1] for key in root.objects.list("holds/") if key.endswith("/placed.json")]
    return [_hold(root, name) for name in names]


def place(
    uri: str,
    name: Slug,
    reason: str,
    actor: str,
    documents: Sequence[str] = (),
    sources: Sequence[str] = (),
    subjects: Sequence[str] = (),
) -> Hold:
    """Put documents under a legal hold. Doing it again changes nothing; raises `Forbidden`, and `RegistryError` for a name in use."""
    root = open_root(uri)
    hold = Hold(
        name=name,
        documents=tuple(sorted({*documents})),
        sources=tuple(sorted({*sources})),
        subjects=tuple(sorted({*subjects})),
        reason=reason,
        actor=actor,
        at=datetime.now(UTC),
    )
    for source in hold.sources:
        root.registry.get(source)
    authorise(root, hold, actor)
    key = f"holds/{name}/placed.json"
    if not root.objects.put(key, canonical_json(hold)):
        before = root.manifests.record(key, Hold)
        if _reach(before) != _reach(hold) or root.objects.exists(f"holds/{name}/released.json"):
            raise RegistryError(f"A hold called {name} was placed before.", "Give the new one another name: holds never change.")
        hold = before
    subject_ids = tuple(f"source:{each}" for each in hold.sources)
    counts = {name: len(value) for name in ("documents", "sources", "subjects") if (value := getattr(hold, name))}
    _record(root, EntryKind.HOLD_PLACED, hold, subject_ids, counts)
    return hold


def release(uri: str, name: Slug, reason: str, actor: str) -> Release:
    """End a hold: erasures that waited for it are completed by the next reconciliation. Raises `NotFound`, `Forbidden`."""
    root = open_root(uri)
    hold = _hold(root, name).hold
    authorise(root, hold, actor)
    made = Release(name=name, reason=reason, actor=actor, at=datetime.now(UTC))
    key = f"holds/{name}/released.json"
    if not root.objects.put(key, canonical_json(made)):
        made = root.manifests.record(key, Release)
    _record(root, EntryKind.HOLD_RELEASED, made)
    return made


def authorise(root: Root, hold: Hold, actor: str) -> None:
    """Whether somebody may place or release this hold; raises `Forbidden` that says who may."""
    known = principals.everyone(root).get(actor)
    if known is not None and LEGAL in known.groups:
        return
    legal = f"Somebody in the group {LEGAL} of the principals may (`muniment access use FILE`)"
    if hold.subjects:
        raise Forbidden(f"{actor} may not hold what is about a person across all sources.", f"{legal}.")
    reached = {*hold.sources, *_sources_of(root, hold.documents)}
    if not reached:
        raise Forbidden(f"No kept document has one of these ids, so {actor} is the steward of none.", f"{legal}.")
    if foreign := sorted(name for name in reached if root.registry.get(name).steward != actor):
        raise Forbidden(f"{actor} is not the steward of {', '.join(foreign[:_SHOWN])}.", f"{legal}, or the source's steward.")


def _reached(root: Root, hold: Hold, wanted: pa.Array) -> Iterator[str]:
    direct = pc.is_in(wanted, value_set=pa.array(hold.documents, pa.string()))
    yield from wanted.filter(direct).to_pylist()
    for _, doc_ids in _by_source(root, hold.sources) if hold.sources else ():
        yield from doc_ids.filter(pc.is_in(doc_ids, value_set=wanted)).to_pylist()
    if hold.subjects:
        found = pa.array(sorted(_about(root, hold.subjects)), pa.string())
        yield from found.filter(pc.is_in(found, value_set=wanted)).to_pylist()


def _by_source(root: Root, names: Collection[str] = ()) -> Iterator[tuple[str, pa.Array]]:
    """(source, ids) of every shard of documents, quarantined and promoted, that a manifest names; of these sources, or of all."""
    shards: dict[str, tuple[str, Stored, pa.Schema]] = {}
    for _, manifest in copies.manifests(root):
        if isinstance(manifest, Capture) and (not names or manifest.source in names):
            shards |= {each.digest: (manifest.source, each, DOCUMENT) for each in manifest.shards}
        if isinstance(manifest, Snapshot):
            parts = [part for part in manifest.parts if not names or part.source in names]
            shards |= {each.digest: (part.source, each, PROMOTED) for part in parts for each in part.shards}
    for source, shard, schema in shards.values():
        yield source, root.lake.read(shard, schema, ["doc_id"])["doc_id"].combine_chunks()


def _sources_of(root: Root, documents: Collection[str]) -> set[str]:
    wanted = pa.array(sorted(documents), pa.string())
    if not len(wanted):
        return set()
    return {name for name, ids in _by_source(root) if pc.any(pc.is_in(ids, value_set=wanted)).as_py()}


def _about(root: Root, subjects: Collection[str]) -> set[str]:
    """Ids of documents with a finding of one of these keyed hashes."""
    found = set[str]()
    for name in copies.objects(root):
        columns, table = root.lake.columns(name, ["doc_id", "keyed_hash"])
        if columns == FINDING.names:
            found |= set(frame(table).filter(pl.col("keyed_hash").is_in(list(subjects)))["doc_id"])
    return found


def _named(root: Root) -> set[str]:
    return {doc_id for hold in standing(root) for doc_id in hold.documents}


def _hold(root: Root, name: str) -> Standing:
    hold = root.manifests.record(f"holds/{name}/placed.json", Hold)
    try:
        return Standing(hold=hold, released=root.manifests.record(f"holds/{name}/released.json", Release))
    except NotFound:
        return Standing(hold=hold)


def _reach(hold: Hold) -> tuple[tuple[str, ...], ...]:
    return hold.documents, hold.sources, hold.subjects


def _record(
    root: Root, kind: EntryKind, made: Hold | Release, subjects: tuple[str, ...] = (), counts: dict[str, int] | None = None
) -> None:
    """The reason is a person's words and can name somebody: the ledger holds the digest of the record that has it."""
    outputs = (f"hold:{made.name}", f"record:{digest(made)}")
    root.record(Draft(kind=kind, actor=made.actor, key=made.name, subjects=subjects, outputs=outputs, counts=counts or {}))
