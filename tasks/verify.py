"""Prove an erasure by looking, not by trusting who erased: decode everything that is kept and search it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, Plan, Receipt, Request
from muniment.schemas.index import Index
from muniment.schemas.snapshot import Snapshot
from muniment.store import scan
from muniment.store.root import Root, open_root
from muniment.store.vault import signed_by
from muniment.tasks.erasure.requests import finish
from muniment.tasks.index import opened
from muniment.tasks.step import report, step

NOT_CHECKED = (
    "models that were trained from a snapshot that held the documents: retrain or retire them",
    "copies that people exported or downloaded",
    "backups of the root, and snapshots of its file system or bucket",
    "the registered sources themselves: Muniment never writes to a source",
    "blocks that a disk or a flash controller has not overwritten yet",
)


@step
def prove(uri: str, plan: Plan) -> Receipt:
    """Check that nothing of the documents is left, and write a signed receipt; one that is not proven says what was found."""
    root = open_root(uri)
    request = root.manifests.record(f"erasures/{plan.request}/request.json", Request)
    wanted = frozenset(plan.documents)
    left = dict(_objects_holding(root, wanted)) | dict(_segments_holding(root, wanted))
    replaced = {copy.name for copy in plan.copies if copy.status == "to rewrite"}
    checks = {
        "no Parquet page, dictionary, statistic or footer, and no segment of the band index, names an erased document": not left,
        "no table is left on its way between steps": not list(root.objects.list("scratch/")),
        "no manifest, ref or remembered result names a replaced object": not list(_naming(root, replaced)),
        "every replaced object is gone": not any(root.objects.exists(_key(each)) for each in replaced),
        "every kept snapshot can be read in full": all(_readable(root, name) for name in root.manifests.ids("snapshots")),
        "every index holds exactly the vectors of its kept chunks": all(
            _sound(root, name) for name in root.manifests.ids("indexes")
        ),
    }
    receipt = Receipt(
        request=request.id,
        documents=len(wanted),
        copies=tuple(_settled(copy, left) for copy in plan.copies),
        checks=checks,
        proven=all(checks.values()),
        not_checked=NOT_CHECKED,
        affected_snapshots=plan.snapshots,
        affected_indexes=plan.indexes,
        affected_models=plan.models,
        started=plan.started,
        finished=datetime.now(UTC),
        key_id=root.vault.public_key,
    )
    signed = receipt.model_copy(update={"signature": root.vault.sign(canonical_json(receipt))})
    key = f"erasures/{request.id}/receipt.json"
    root.objects.delete(key)
    root.objects.put(key, canonical_json(signed))
    if signed.proven:
        finish(root, request, signed.documents, len(signed.copies))
    return signed


def receipts(root: Root) -> list[Receipt]:
    """All receipts, by request."""
    return [root.manifests.record(key, Receipt) for key in root.objects.list("erasures/") if key.endswith("/receipt.json")]


def authentic(receipt: Receipt) -> bool:
    """Whether the receipt is as it was signed."""
    unsigned = receipt.model_copy(update={"signature": ""})
    return signed_by(receipt.key_id, canonical_json(unsigned), receipt.signature)


def _objects_holding(root: Root, wanted: frozenset[str]) -> Iterator[tuple[str, int]]:
    keys = list(root.objects.list("objects/"))
    for done, key in enumerate(keys, start=1):
        report("prove", done, len(keys))
        if hits := scan.occurrences(root.objects.open(key), wanted):
            yield key.rpartition("/")[2].removesuffix(".parquet"), hits


def _segments_holding(root: Root, wanted: frozenset[str]) -> Iterator[tuple[str, int]]:
    for key in list(root.objects.list("signatures/")):
        if hits := scan.segment_occurrences(root.objects.read(key), wanted):
            yield key.rpartition("/")[2].removesuffix(".arrow"), hits


def _naming(root: Root, replaced: set[str]) -> Iterator[str]:
    for prefix in ("captures/", "judgements/", "snapshots/", "indexes/", "refs/", "work/"):
        for key in root.objects.list(prefix):
            if key.endswith(".json") and scan.strings(json.loads(root.objects.read(key))) & replaced:
                yield key


def _readable(root: Root, name: str) -> bool:
    snapshot = root.manifests.get("snapshots", name, Snapshot)
    return all(root.objects.exists(shard.key) for part in snapshot.parts for shard in part.shards)


def _sound(root: Root, name: str) -> bool:
    index = root.manifests.get("indexes", name, Index)
    vectors = opened(root, index)
    return bool(vectors.count == index.count == sum(each.rows for each in index.chunks))


def _settled(copy: Copy, left: dict[str, int]) -> Copy:
    done = {"to rewrite": "rewritten", "to supersede": "superseded", "to rebuild": "rebuilt"}
    return copy.model_copy(update={"status": "left" if copy.name in left else done.get(copy.status, copy.status)})


def _key(digest: str) -> str:
    return f"objects/{digest[:2]}/{digest}.parquet"
