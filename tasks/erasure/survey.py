"""What an erasure touches: found before anything is changed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, Plan, Selector
from muniment.schemas.index import Index
from muniment.schemas.stored import Manifest
from muniment.store.root import Root, open_root
from muniment.tasks import copies, models, signatures
from muniment.tasks.erasure.requests import plan_of, request
from muniment.tasks.erasure.selection import selected
from muniment.tasks.reelect import orphans
from muniment.tasks.sources import suspend_source
from muniment.tasks.step import step
from muniment.tasks.tombstones import Tombstone, lay


@step
def plan_erasure(uri: str, request_id: str) -> Plan:
    """Find every copy, and bar the documents from being captured again; the plan is kept, so that a resumed run reports all of it."""
    root = open_root(uri)
    asked = request(root, request_id)
    if whole := asked.selector.whole_source:
        suspend_source(uri, whole, asked.actor)  # what is erased whole feeds nothing from now on
    key = f"erasures/{asked.id}/plan.json"
    if not root.objects.exists(key):
        root.objects.put(key, canonical_json(survey(root, asked.id, asked.selector, asked.documents)))
    plan = plan_of(root, asked.id)
    lay(root, Tombstone(request=asked.id, documents=plan.documents))
    return plan


def survey(root: Root, request_id: str, selector: Selector, found: tuple[str, ...] = ()) -> Plan:
    """What an erasure of what a selector names, and of the documents that were `found` before, would touch; changes nothing.
    Raises `NotFound` when that is nothing."""
    doc_ids = _named(root, selector, found)
    touched = [*copies.holding(root, doc_ids), *(copies.set_aside(root, selector.whole_source) if selector.whole_source else ())]
    named = {held.digest for held in touched}
    manifests = [(folder, manifest) for folder, manifest in copies.manifests(root) if named & set(copies.named(manifest))]
    snapshots = tuple(manifest.id for folder, manifest in manifests if folder == "snapshots")
    return Plan(
        request=request_id,
        documents=tuple(doc_ids.to_pylist()),
        copies=(*_objects(touched), *_segments(root, doc_ids), *_files(manifests, named), *_manifests(manifests)),
        snapshots=snapshots,
        indexes=tuple(manifest.id for folder, manifest in manifests if folder == "indexes"),
        models=tuple(model.name for model in models.trained_from(root, snapshots)),
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
    """FAISS files of the vectors that are touched; indexes can share one."""
    held = {
        file.digest: file
        for _, index in manifests
        if isinstance(index, Index)
        for vectors, file in zip(index.vectors, index.files, strict=True)
        if vectors.digest in named
    }
    for file in held.values():
        yield Copy(place="index file", name=file.digest, rows=file.count, status="to rebuild", bytes=file.bytes)


def _manifests(manifests: list[tuple[str, Manifest]]) -> Iterator[Copy]:
    for folder, manifest in manifests:
        size = len(canonical_json(manifest))
        yield Copy(place=copies.manifest_kind(folder), name=manifest.id, rows=0, status="to supersede", bytes=size)
