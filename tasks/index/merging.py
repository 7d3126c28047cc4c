"""Which promoted objects share a segment: many small ones of a source lie together, so that nights do not leave ever more segments.

What lay together in the index that a ref serves stays together, so that a night makes few segments anew. Only objects of one source and
one layer share a segment: they have one owner, tenant and classification, and leave together.
"""

from itertools import groupby

import pyarrow.compute as pc

from muniment.core.tiers import together
from muniment.errors import NotFound
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import Index
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import target
from muniment.tasks.normalise import SHARD_BYTES, SHARD_ROWS
from muniment.tasks.pool import spread

Batch = tuple[Stored, ...]  # promoted objects whose passages lie in one segment


class Weight(Record):
    """How much of a segment a promoted object fills, in code points of text: no document counts for less than a full segment of as many
    documents as an object may hold. 0: there is nothing to read in it."""

    weight: int


class Job(Record):
    """One promoted object to weigh."""

    uri: str
    shard: Stored


def batches(root: Root, ref: str, snapshot: Snapshot, without: tuple[str, ...] = ()) -> list[Batch]:
    """The objects of a snapshot but those of the layers that are left out, by the segment that they share, in their order."""
    shards = [(part.source, part.layer(shard), shard) for part in snapshot.parts for shard in part.kept(without)]
    weights, before = _weights(root, [shard for _, _, shard in shards]), standing(root, ref)
    return [
        batch
        for _, own in groupby(sorted(shards, key=lambda each: each[:2]), key=lambda each: each[:2])
        for batch in _together([shard for _, _, shard in own], weights, before)
    ]


def standing(root: Root, ref: str) -> list[frozenset[str]]:
    """Digests of promoted objects that lie together in the index that a ref serves, of whatever snapshot."""
    held, _ = target(root, ref)
    if held is None or not held.index:
        return []
    try:
        index = root.manifests.get("indexes", held.index, Index)
    except NotFound:
        return []
    return list(dict.fromkeys(frozenset(shard.digest for shard in each.of) for each in index.segments))


def weigh(job: Job) -> int:
    """The weight of one promoted object, which is remembered."""
    root = open_root(job.uri)
    texts = root.lake.read(job.shard, PROMOTED, ["text"])["text"]
    size = pc.sum(pc.utf8_length(texts)).as_py() or 0
    legible = pc.any(pc.not_equal(pc.utf8_trim_whitespace(texts), "")).as_py()
    weight = max(size, job.shard.rows * (SHARD_BYTES // SHARD_ROWS)) if legible else 0
    root.work.keep("weigh", job.shard.digest, Weight(weight=weight))
    return weight


def _weights(root: Root, shards: list[Stored]) -> dict[str, int]:
    """The weight of each object, by its digest. Only what is new is read."""
    known = {each.digest: held.weight for each in shards if (held := root.work.recall("weigh", each.digest, Weight))}
    new = [each for each in shards if each.digest not in known]
    weighed = spread("weigh", weigh, [Job(uri=root.uri, shard=each) for each in new])
    return known | dict(zip([each.digest for each in new], weighed, strict=True))


def _together(shards: list[Stored], weights: dict[str, int], before: list[frozenset[str]]) -> list[Batch]:
    places = {shard.digest: place for place, shard in enumerate(shards)}
    lying = [[places[digest] for digest in group if digest in places] for group in before]
    groups = together([weights[each.digest] for each in shards], lying, SHARD_BYTES)
    return [tuple(shards[place] for place in group) for group in groups]
