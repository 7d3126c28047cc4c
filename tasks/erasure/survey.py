"""What an erasure touches: found before anything is changed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, Plan, Request, Selector
from muniment.schemas.index import Index
from muniment.schemas.stored import Manifest
from muniment.store.root import Root, open_root
from muniment.tasks import models
from muniment.tasks.audit.recipients import recipients_of
from muniment.tasks.custody import backup, originals
from muniment.tasks.duplicates import signatures
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.needles import write_needles
from muniment.tasks.erasure.reelect import orphans
from muniment.tasks.erasure.requests import enter, plan_of, request
from muniment.tasks.erasure.selection import selected
from muniment.tasks.retain import holds
from muniment.tasks.sources import suspend_source
from muniment.tasks.step import step
from muniment.tasks.tombstones.lay import lay


@step
def plan_erasure(uri: str, request_id: str) -> Plan:
    """Find every copy, and bar the documents from being captured again; the plan is kept, so that a resumed run reports all of it.
    Run again, it takes in what came to light since: copies that another run wrote, documents that a legal hold let go."""
    root = open_root(uri)
    asked = request(root, request_id)
    enter(root, asked)  # one whose making was killed, or that a restored root learnt of
    if whole := asked.selector.whole_source:
        suspend_source(uri, whole, asked.actor)  # what is erased whole feeds nothing from now on
    plan = _planned(root, asked)
    write_needles(root, plan)
    lay(root, asked, plan)
    return plan


def _planned(root: Root, asked: Request) -> Plan:
    key = f"erasures/{asked.id}/plan.json"
    before = plan_of(root, asked.id) if root.objects.exists(key) else None
    try:
        now = survey(root, asked.id, asked.selector, asked.documents)
    except NotFound:
        if before is None:
            raise
        return before
    plan = joined(before, now) if before else now
    if plan != before:
        root.manifests.keep(key, plan)
    return plan


def joined(before: Plan, now: Plan) -> Plan:
    """What an interrupted or repeated erasure covers: all that was found before, and what is found now."""
    known = {(copy.place, copy.name) for copy in before.copies}
    return before.model_copy(
        update={
            "documents": tuple(sorted({*before.documents, *now.documents})),
            "copies": (*before.copies, *(copy for copy in now.copies if (copy.place, copy.name) not in known)),
            "held": now.held,
            **{name: _both(getattr(before, name), getattr(now, name)) for name in ("snapshots", "indexes", "models", "recipients")},
            "orphans": {**now.orphans, **before.orphans},
        }
    )


def _both(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *now)))


def survey(root: Root, request_id: str, selector: Selector, found: tuple[str, ...] = ()) -> Plan:
    """What an erasure of what a selector names, and of the documents that were `found` before, would touch; changes nothing.
    Raises `NotFound` when that is nothing."""
    named = _named(root, selector, found)
    held = tuple(sorted(holds.held(root, named)))
    doc_ids = named.filter(pc.invert(pc.is_in(named, value_set=pa.array(held, pa.string()))))
    touched = list(copies.holding(root, doc_ids))
    if selector.whole_source and not held:
        touched += copies.set_aside(root, selector.whole_source)
    digests = {each.digest for each in touched}
    manifests = [(folder, manifest) for folder, manifest in copies.manifests(root) if digests & set(copies.named(manifest))]
    snapshots = tuple(manifest.id for folder, manifest in manifests if folder == "snapshots")
    return Plan(
        request=request_id,
        documents=tuple(doc_ids.to_pylist()),
        copies=(
            *_objects(touched),
            *_segments(root, doc_ids),
            *_files(manifests, digests),
            *_manifests(manifests),
            *originals.holding(root, doc_ids),
            *backup_copies(root),
        ),
        snapshots=snapshots,
        indexes=tuple(manifest.id for folder, manifest in manifests if folder == "indexes"),
        models=tuple(model.name for model in models.trained_from(root, snapshots)),
        recipients=recipients_of(root, snapshots, doc_ids.to_pylist()),
        held=held,
        orphans=orphans(root, doc_ids),
        started=datetime.now(UTC),
    )


def _named(root: Root, selector: Selector, found: tuple[str, ...]) -> pa.Array:
    """What was found when the request was made, and what the selector names by now."""
    if selector == Selector(by=selector.by):
        return pa.array(sorted(found), pa.string())
    try:
        now = selected(root, selector).to_pylist()
    except NotFound:
        if not found:
            raise
        now = []
    return pa.array(sorted({*now, *found}), pa.string())


def _objects(touched: list[copies.Held]) -> Iterator[Copy]:
    for held in touched:
        yield Copy(place=held.kind, name=held.digest, rows=held.rows, status="to rewrite", bytes=held.bytes)


def _segments(root: Root, doc_ids: pa.Array) -> Iterator[Copy]:
    for stored, rows in signatures.holding(root, doc_ids):
        yield Copy(place="band index", name=stored.digest, rows=rows, status="to rewrite", bytes=stored.bytes)


def _files(manifests: list[tuple[str, Manifest]], named: set[str]) -> Iterator[Copy]:
    """What indexes derived from the chunks and vectors that are touched; indexes can share a file."""
    held = {
        file.digest: file
        for _, index in manifests
        if isinstance(index, Index)
        for segment in index.segments
        if not named.isdisjoint((segment.chunks.digest, segment.vectors.digest))
        for file in segment.files
    }
    for file in held.values():
        yield Copy(place="index file", name=file.digest, rows=file.count, status="to rebuild", bytes=file.bytes)


def _manifests(manifests: list[tuple[str, Manifest]]) -> Iterator[Copy]:
    for folder, manifest in manifests:
        size = len(canonical_json(manifest))
        yield Copy(place=copies.manifest_kind(folder), name=manifest.id, rows=0, status="to supersede", bytes=size)


def backup_copies(root: Root) -> Iterator[Copy]:
    """Every registered backup, and whether it can be reached now."""
    for each in backup.registered(root):
        yield Copy(place="backup", name=each.id, rows=0, status="to erase in" if each.reachable else "pending")
