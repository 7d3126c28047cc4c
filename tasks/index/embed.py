"""Passages of a promoted snapshot and their vectors; what did not change is not made again."""

import numpy as np
import pyarrow as pa

from muniment.core import chunks
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import CHUNK, PROMOTED, vectors
from muniment.schemas.index import Layout
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.encoders import encoder
from muniment.store.root import open_root
from muniment.tasks.corpus import leaving_out, required
from muniment.tasks.pool import spread
from muniment.tasks.step import step


class Made(Record):
    """Chunks of one promoted object, and their vectors in the same order."""

    chunks: Stored
    vectors: Stored
    partition: str = ""


class Passages(Record):
    """Chunks and vectors of a snapshot, object by object."""

    snapshot: str
    encoder: str
    made: tuple[Made, ...]
    without: tuple[str, ...] = ()
    layout: Layout = Layout.SHARED


class Job(Record):
    """One promoted object to make passages of."""

    uri: str
    shard: Stored
    encoder: str


@step
def embed(uri: str, ref: str, name: str, without: tuple[str, ...] = ()) -> Passages:
    """Chunk and embed every object of a snapshot but those of the layers that are left out; raises `NotFound`."""
    root = open_root(uri)
    snapshot = required(root, ref)
    without = leaving_out(snapshot, without)
    jobs = [Job(uri=root.uri, shard=shard, encoder=name) for shard in snapshot.shards(without)]
    made = [each for each in spread("embed", embed_shard, jobs) if each.chunks.rows]
    return Passages(snapshot=snapshot.id, encoder=name, made=tuple(made), without=without)


def embed_shard(job: Job) -> Made:
    """Chunks and unit vectors of one promoted object, recalled when they were made before."""
    root, model = open_root(job.uri), encoder(job.encoder)
    key = digest([job.shard.digest, chunks.CHUNKER, model.digest])
    if (recalled := root.work.recall("embed", key, Made)) and all(map(root.lake.exists, (recalled.chunks, recalled.vectors))):
        return recalled
    passages = chunks.chunk(root.lake.read(job.shard, PROMOTED))
    encoded = np.ascontiguousarray(model.encode(passages["text"].to_pylist()), dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(encoded.reshape(-1)), model.dimension)
    table = pa.table({"chunk_id": passages["chunk_id"], "vector": column})
    made = Made(chunks=root.lake.write(passages, CHUNK), vectors=root.lake.write(table, vectors(model.dimension)))
    root.work.keep("embed", key, made)
    return made
