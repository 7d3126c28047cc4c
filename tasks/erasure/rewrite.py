"""Rewrite every object that holds an erased document, once, and publish a new revision of each manifest that named it."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.erasure import Plan
from muniment.schemas.index import Index
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.stored import Manifest, Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import copies, signatures
from muniment.tasks.derive import counted
from muniment.tasks.erasure.requests import request
from muniment.tasks.index import Passages, make_index
from muniment.tasks.step import report, step

Mapped = Mapping[str, Stored | None]  # digest → what took its place


@step
def rewrite_copies(uri: str, plan: Plan) -> None:
    """Rewrite each object once, supersede each manifest, rebuild each index, then remove what was replaced. Safe to run again."""
    root = open_root(uri)
    doc_ids = pa.array(plan.documents, pa.string())
    source = request(root, plan.request).selector.whole_source
    mapped = _rewritten(root, doc_ids)
    if source:
        mapped |= dict.fromkeys((digest for digest, _, _ in copies.set_aside(root, source)), None)
    touched = [(folder, manifest) for folder, manifest in copies.manifests(root) if set(mapped) & set(copies.named(manifest))]
    order = {"snapshots": 1, "indexes": 2}
    for done, (folder, manifest) in enumerate(sorted(touched, key=lambda each: order.get(each[0], 0)), start=1):
        _supersede(root, folder, manifest, mapped)
        report("supersede", done, len(touched))
    _forget(root, mapped)
    signatures.purge(root, doc_ids, {copy.name for copy in plan.copies})
    for left in list(root.objects.list("scratch/")):  # of a search that crashed: the next one starts anew
        root.objects.delete(left)
    for replaced in mapped:
        root.objects.delete(f"objects/{replaced[:2]}/{replaced}.parquet")


def _rewritten(root: Root, doc_ids: pa.Array) -> dict[str, Stored | None]:
    found = [digest for digest, _, _ in copies.holding(root, doc_ids)]
    mapped: dict[str, Stored | None] = {}
    for done, each in enumerate(found, start=1):
        table = root.lake.table(each)
        kept = table.filter(pa.compute.invert(copies.rows_about(table, doc_ids)))
        # An empty table of evidence still says that the detector ran; of documents nothing must be left.
        keep_empty = copies.kind_of(table.column_names) not in ("document", "promoted document", "chunk", "vector")
        mapped[each] = root.lake.rewrite(kept) if kept.num_rows or keep_empty else None
        report("rewrite", done, len(found))
    return mapped


def _supersede(root: Root, folder: str, manifest: Manifest, mapped: Mapped) -> None:
    """Publish the manifest's next revision, in which every replaced object stands replaced."""
    fields = {**substituted(manifest.model_dump(mode="json"), mapped), "revision": manifest.revision + 1}
    if isinstance(manifest, Capture):
        fields["counts"] = {**manifest.counts, "documents": sum(shard["rows"] for shard in fields["shards"])}
    if isinstance(manifest, Judgement):
        fields |= _recounted(root, fields["shards"])
    if isinstance(manifest, Snapshot):
        rows = sum(shard["rows"] for part in fields["parts"] for shard in part["shards"])
        fields["statistics"] = {**manifest.statistics, "documents": float(rows)}
    if isinstance(manifest, Index):
        _rebuild(root, Index.model_validate(fields), manifest)
    else:
        root.manifests.supersede(folder, type(manifest).model_validate(fields))


def substituted(value: Any, mapped: Mapped) -> Any:
    """JSON of a manifest with every replaced object replaced; what held nothing else goes with it (None)."""
    if isinstance(value, dict):
        if value.keys() == Stored.model_fields.keys():
            if value["digest"] not in mapped:
                return value
            replacement = mapped[value["digest"]]
            return replacement.model_dump(mode="json") if replacement else None
        changed = {name: substituted(each, mapped) for name, each in value.items()}
        return None if "shard" in changed and changed["shard"] is None else changed
    if isinstance(value, list):
        return [each for each in (substituted(each, mapped) for each in value) if each is not None]
    return value


def _recounted(root: Root, shards: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    verdicts = root.lake.read_all([Stored.model_validate(each["verdicts"]) for each in shards], VERDICT)
    return {"actions": counted(verdicts, "action"), "reasons": counted(verdicts, "reasons")}


def _rebuild(root: Root, index: Index, before: Index) -> None:
    """Train anew from what is left: a centroid can be the erased vector itself."""
    snapshot = root.manifests.get("snapshots", index.snapshot, Snapshot)
    passages = Passages(
        snapshot=snapshot.id, encoder=index.encoder, chunks=index.chunks, vectors=index.vectors, without=index.without
    )
    make_index(root, snapshot, passages, index.id, index.revision)
    root.objects.delete(before.file)


def _forget(root: Root, mapped: Mapped) -> None:
    """Finished work that names a replaced object: evidence moves to the new shard, everything else is made again when needed."""
    for key in list(root.objects.list("work/")):
        name = key.rpartition("/")[2].removesuffix(".json")
        payload = root.objects.read(key)
        if name not in mapped and not any(each.encode() in payload for each in mapped):
            continue
        moved = mapped.get(name)
        if moved and key.startswith("work/detect/"):
            result = json.dumps(substituted(json.loads(payload), mapped)).encode()
            root.objects.put(key.replace(name, moved.digest), result)
        root.objects.delete(key)
