"""What an erasure touches: found before anything is changed."""

from datetime import UTC, datetime

from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, Plan, Selector
from muniment.store.root import Root, open_root
from muniment.tasks import copies, models, signatures
from muniment.tasks.erasure.requests import request
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
        plan = survey(root, asked.id, asked.selector)
        root.objects.put(key, canonical_json(plan))
    plan = root.manifests.record(key, Plan)
    lay(root, Tombstone(request=asked.id, documents=plan.documents))
    return plan


def survey(root: Root, request_id: str, selector: Selector) -> Plan:
    """What an erasure would touch; changes nothing."""
    doc_ids = selected(root, selector)
    found = [*copies.holding(root, doc_ids), *(copies.set_aside(root, selector.whole_source) if selector.whole_source else ())]
    places = [Copy(place=kind, name=digest, rows=rows, status="to rewrite") for digest, kind, rows in found]
    places += [
        Copy(place="band index", name=digest, rows=rows, status="to rewrite") for digest, rows in signatures.holding(root, doc_ids)
    ]
    affected = {digest for digest, _, _ in found}
    touched = [(folder, manifest) for folder, manifest in copies.manifests(root) if affected & set(copies.named(manifest))]
    places += [
        Copy(place=copies.manifest_kind(folder), name=manifest.id, rows=0, status="to supersede") for folder, manifest in touched
    ]
    snapshots = tuple(manifest.id for folder, manifest in touched if folder == "snapshots")
    return Plan(
        request=request_id,
        documents=tuple(doc_ids.to_pylist()),
        copies=tuple(places),
        snapshots=snapshots,
        indexes=tuple(manifest.id for folder, manifest in touched if folder == "indexes"),
        models=tuple(model.name for model in models.trained_from(root, snapshots)),
        orphans=orphans(root, doc_ids),
        started=datetime.now(UTC),
    )
