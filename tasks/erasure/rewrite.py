"""Rewrite every object that holds an erased document, once, and publish a new revision of each manifest that named it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.erasure import Plan
from muniment.schemas.index import Index, Segment, derived_key
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks.access import changes
from muniment.tasks.custody import backup, originals
from muniment.tasks.derive import counted
from muniment.tasks.duplicates import signatures
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import plan_of, request
from muniment.tasks.index.segments import remade
from muniment.tasks.pool import spread
from muniment.tasks.retain import leases
from muniment.tasks.step import report, step

Mapped = Mapping[str, Stored | None]  # digest → what took its place
_DIGEST = re.compile(rb"[0-9a-f]{64}")
# Of these nothing must be left when no row is; an empty table of evidence still says that the detector ran.
_GONE_WHEN_EMPTY = ("document", "promoted document", "chunk", "vector")


class Rewriting(Record):
    """Bytes that were written in the place of objects, index files, segments and manifests, by the name of what they replaced."""

    written: dict[str, int] = {}


class Job(Record):
    """One object to rewrite for a request. `documents` is the digest of what the plan covers, which grows when a legal hold ends."""

    uri: str
    request: str
    documents: str
    object: str


class Rewritten(Record):
    """What took the place of one object."""

    digest: str
    by: Stored | None


@step
def rewrite_copies(uri: str, plan: Plan) -> None:
    """Rewrite each object once, supersede each manifest, rebuild each index file, shred originals, then remove what was replaced. Safe
    to run again."""
    root = open_root(uri)
    with leases.quiet(root):  # what a run reads must not go under its hands, and nothing it writes may come after
        rewrite(root, plan, _shred(root, plan))


@step
def rewrite_backups(uri: str, plan: Plan) -> None:
    """Carry the same out in every backup that can be reached; the others are pending until a later run reaches them."""
    root = open_root(uri)
    for each in backup.registered(root):
        if each.reachable:
            copied = open_root(each.uri)
            _hand_over(root, copied, plan.request)
            rewrite(copied, plan, _shred(copied, plan))


def rewrite(root: Root, plan: Plan, shredded: dict[str, int]) -> None:
    """Rewrite what one root or backup keeps."""
    doc_ids = pa.array(plan.documents, pa.string())
    mapped: dict[str, Stored | None] = dict(_rewritten(root, plan, doc_ids))
    if source := _whole(root, plan):
        mapped |= dict.fromkeys((held.digest for held in copies.set_aside(root, source)), None)
    now = {old: new.bytes if new else 0 for old, new in mapped.items()}
    files, superseded = _supersede_all(root, mapped, doc_ids)
    files |= {copy.name: 0 for copy in plan.copies if copy.place == "index file" and copy.name not in files}
    segments = signatures.purge(root, doc_ids, {copy.name for copy in plan.copies} | set(mapped))
    changes.forget(root, plan.documents)
    _remember(root, plan.request, now | files | superseded | shredded | {"band index": segments})
    _forget(root, mapped, set(files))
    _remove(root, mapped, files)


def _shred(root: Root, plan: Plan) -> dict[str, int]:
    """Bytes written in the place of packs of originals, by pack."""
    done = originals.shred(root, pa.array(plan.documents, pa.string()), _whole(root, plan))
    return {copy.name: copy.written for copy in done}


def _whole(root: Root, plan: Plan) -> str:
    """The source of which nothing is kept, or empty."""
    return "" if plan.held else request(root, plan.request).selector.whole_source


def _hand_over(root: Root, copied: Root, identifier: str) -> None:
    """What a backup must know to leave the documents out when it is restored: the request, and what it covers."""
    copied.manifests.keep(f"erasures/{identifier}/request.json", request(root, identifier))
    copied.manifests.keep(f"erasures/{identifier}/plan.json", plan_of(root, identifier))


def _remove(root: Root, mapped: Mapped, files: Mapping[str, int]) -> None:
    """Remove what was replaced; nothing names it any more."""
    for left in list(root.objects.list("scratch/")):  # of a search that crashed: the next one starts anew
        root.objects.delete(left)
    for file in files:
        root.objects.delete(derived_key(file))
    for replaced in mapped:
        root.objects.delete(copies.key_of(replaced))
        root.holdings.forget(replaced)


def written(root: Root, identifier: str) -> dict[str, int]:
    """Bytes that a request had written, by the name of what they replaced; `band index` is all segments together."""
    return root.manifests.record(_record_key(identifier), Rewriting).written if root.objects.exists(_record_key(identifier)) else {}


def _remember(root: Root, identifier: str, now: dict[str, int]) -> None:
    """Written down before anything is removed: what a crashed run did is reported by the one that ends it."""
    before = written(root, identifier)
    both = {name: max(before.get(name, 0), now.get(name, 0)) for name in sorted({*before, *now})}
    root.manifests.keep(_record_key(identifier), Rewriting(written=both))


def _record_key(identifier: str) -> str:
    return f"erasures/{identifier}/rewritten.json"


def _rewritten(root: Root, plan: Plan, doc_ids: pa.Array) -> Iterator[tuple[str, Stored | None]]:
    jobs = [
        Job(uri=root.uri, request=plan.request, documents=digest(plan.documents), object=held.digest)
        for held in copies.holding(root, doc_ids)
    ]
    for each in spread("rewrite", rewrite_object, jobs):
        yield each.digest, each.by


def rewrite_object(job: Job) -> Rewritten:
    """Write what is left of one object."""
    root = open_root(job.uri)
    table = root.lake.table(job.object)
    kept = table.filter(pc.invert(copies.rows_about(table, _erased(job.uri, job.request, job.documents))))
    keep = kept.num_rows or copies.kind_of(table.column_names) not in _GONE_WHEN_EMPTY
    return Rewritten(digest=job.object, by=root.lake.rewrite(kept) if keep else None)


@lru_cache(maxsize=1)
def _erased(uri: str, identifier: str, documents: str) -> pa.Array:
    return pa.array(plan_of(open_root(uri), identifier).documents, pa.string())


def _supersede_all(root: Root, mapped: Mapped, doc_ids: pa.Array) -> tuple[dict[str, int], dict[str, int]]:
    """Bytes written for index files, by the file that they replace, and for manifests, by their id."""
    touched = [(folder, manifest) for folder, manifest in copies.manifests(root) if set(mapped) & set(copies.named(manifest))]
    order = {"snapshots": 1, "indexes": 2}
    files, superseded = dict[str, int](), dict[str, int]()
    for done, (folder, manifest) in enumerate(sorted(touched, key=lambda each: order.get(each[0], 0)), start=1):
        if isinstance(manifest, Index):
            files |= _files(root, manifest, mapped)
        superseded[manifest.id] = _supersede(root, folder, manifest, mapped, doc_ids)
        report("supersede", done, len(touched))
    return files, superseded


def _supersede(root: Root, folder: str, manifest: Manifest, mapped: Mapped, doc_ids: pa.Array) -> int:
    """Publish the manifest's next revision, in which every replaced object stands replaced; gives its bytes."""
    fields = {**substituted(manifest.model_dump(mode="json"), mapped), "revision": manifest.revision + 1}
    if isinstance(manifest, Capture):
        fields["counts"] = {**manifest.counts, "documents": sum(shard["rows"] for shard in fields["shards"])}
    if isinstance(manifest, Judgement):
        fields |= _recounted(root, manifest, mapped, doc_ids)
    if isinstance(manifest, Snapshot):
        rows = sum(shard["rows"] for part in fields["parts"] for shard in part["shards"])
        fields["statistics"] = {**manifest.statistics, "documents": float(rows)}
    if isinstance(manifest, Index):
        fields |= _reindexed(root, manifest, mapped)
    after = type(manifest).model_validate(fields)
    root.manifests.supersede(folder, after)
    return len(canonical_json(after))


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


def _recounted(root: Root, before: Judgement, mapped: Mapped, doc_ids: pa.Array) -> dict[str, dict[str, int]]:
    """What is left of a judgement's counts: only the rows that go are read."""
    wanted = ["doc_id", "action", "reasons"]
    touched = [each.verdicts for each in before.shards if each.verdicts.digest in mapped]
    empty = pa.schema([VERDICT.field(name) for name in wanted]).empty_table()
    gone = pa.concat_tables([empty, *(table for each in touched for table in root.lake.about(each, VERDICT, doc_ids, wanted))])
    taken = {"actions": counted(gone, "action"), "reasons": counted(gone, "reasons")}
    return {
        name: {key: count - taken[name].get(key, 0) for key, count in held.items() if count > taken[name].get(key, 0)}
        for name, held in (("actions", before.actions), ("reasons", before.reasons))
    }


def _files(root: Root, index: Index, mapped: Mapped) -> dict[str, int]:
    """The index's files whose passages are replaced, with the bytes of what takes the place of each."""
    made = dict[str, int]()
    for before, after in _segments(root, index, mapped):
        now = {each.kind: each for each in after.files} if after else {}
        replaced = [each for each in before.files if each != now.get(each.kind)]
        made |= {each.digest: now[each.kind].bytes if each.kind in now else 0 for each in replaced}
    return made


def _segments(root: Root, index: Index, mapped: Mapped) -> Iterator[tuple[Segment, Segment | None]]:
    """Each segment of an index and what takes its place, None when no passage of it is left."""
    for before in index.segments:
        of = tuple(left for each in before.of if (left := mapped.get(each.digest, each)))
        chunks, vectors = (mapped.get(each.digest, each) for each in (before.chunks, before.vectors))
        same = chunks == before.chunks and vectors == before.vectors
        after = before if same else remade(root, before, chunks, vectors, index.dimension) if chunks and vectors else None
        yield before, after and after.model_copy(update={"of": of})


def _reindexed(root: Root, index: Index, mapped: Mapped) -> dict[str, Any]:
    """The segments that are left of an index."""
    left = [after for _, after in _segments(root, index, mapped) if after]
    return {
        "segments": [each.model_dump(mode="json") for each in left],
        "count": sum(each.vectors.rows for each in left),
        "snapshot_revision": root.manifests.get("snapshots", index.snapshot, Snapshot).revision,
    }


def _forget(root: Root, mapped: Mapped, files: set[str]) -> None:
    """Finished work that names a replaced object: evidence moves to the new shard, everything else is made again when needed."""
    gone = {each.encode() for each in (*mapped, *files)}
    for key in list(root.objects.list("work/")):
        name = key.rpartition("/")[2].removesuffix(".json")
        payload = root.objects.read(key)
        if name not in mapped and gone.isdisjoint(_DIGEST.findall(payload)):
            continue
        moved = mapped.get(name)
        if moved and key.startswith("work/detect/"):
            result = json.dumps(substituted(json.loads(payload), mapped)).encode()
            root.objects.put(key.replace(name, moved.digest), result)
        root.objects.delete(key)
