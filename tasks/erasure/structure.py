"""What must hold of a root after an erasure, besides that nothing is left: it is whole, and nothing leads to what was removed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.erasure import Plan
from muniment.schemas.index import Index, derived_key
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.access.changes import changes
from muniment.tasks.erasure import copies
from muniment.tasks.index.opening import opened

_LEADING = (
    "captures/", "judgements/", "snapshots/", "indexes/", "queries/", "relevance/", "canaries/", "graded/", "refs/", "work/",
)  # fmt: skip
_DIGEST = re.compile(rb"[0-9a-f]{64}")


def checks(root: Root, plan: Plan) -> dict[str, bool]:
    """Each thing that must hold, and whether it does."""
    replaced = {copy.name for copy in plan.copies if copy.status in ("to rewrite", "to remove", "to rebuild")}
    keys = [copies.key_of(each) for each in replaced] + [derived_key(each) for each in replaced]
    erased = pa.array(plan.documents, pa.string())
    indexes = [root.manifests.get("indexes", name, Index) for name in root.manifests.ids("indexes")]
    return {
        "no table is left on its way between steps": not list(root.objects.list("scratch/")),
        "no manifest, ref or remembered result names a replaced object": not list(_naming(root, replaced)),
        "every replaced object is gone": not any(root.objects.exists(each) for each in keys),
        "every kept snapshot can be read in full": all(_readable(root, name) for name in root.manifests.ids("snapshots")),
        "every index holds exactly the vectors of its kept chunks": all(_sound(root, each) for each in indexes),
        "no change of who may read names an erased document": not any(
            {*each.documents} & {*plan.documents} for each in changes(root)
        ),
        "no index gives a passage of an erased document": not any(_gives(root, each, erased) for each in indexes),
    }


def _naming(root: Root, replaced: set[str]) -> Iterator[str]:
    wanted = {each.encode() for each in replaced}
    for prefix in _LEADING:
        for key in root.objects.list(prefix):
            if key.endswith(".json"):
                payload = root.objects.read(key)
                if not wanted.isdisjoint(_DIGEST.findall(payload)) and _strings(json.loads(payload)) & replaced:
                    yield key


def _readable(root: Root, name: str) -> bool:
    snapshot = root.manifests.get("snapshots", name, Snapshot)
    return all(root.objects.exists(shard.key) for part in snapshot.parts for shard in part.shards)


def _sound(root: Root, index: Index) -> bool:
    vectors = opened(root, index)
    return bool(vectors.count == index.count == sum(each.rows for each in index.chunks))


def _gives(root: Root, index: Index, erased: pa.Array) -> bool:
    return any(_names(root, each, erased) for each in index.chunks)


def _names(root: Root, stored: Stored, erased: pa.Array) -> bool:
    _, naming = root.lake.columns(stored.digest, ["doc_id"])
    return bool(pc.any(pc.is_in(naming["doc_id"], value_set=erased)).as_py())


def _strings(value: Any) -> set[str]:
    """All strings in a JSON value, the names of fields too."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set(value).union(*(_strings(each) for each in value.values()))
    return set().union(*(_strings(each) for each in value)) if isinstance(value, list) else set()
