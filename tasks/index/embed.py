"""Passages of a promoted snapshot and their vectors, a segment at a time; what did not change is not made again."""

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core import chunks
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import CHUNK, PROMOTED, vectors
from muniment.schemas.index import Layout
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import leaving_out, required
from muniment.tasks.encoders.admit import untried
from muniment.tasks.index.merging import Batch, batches
from muniment.tasks.index.reuse import Donor, donors, given
from muniment.tasks.pool import spread
from muniment.tasks.step import step


class Made(Record):
    """Chunks of promoted objects that lie together, and their vectors in the same order."""

    chunks: Stored
    vectors: Stored
    of: tuple[Stored, ...]
    partition: str = ""
    encoded: int = 0  # passages whose vectors had to be made; the others were there


class Passages(Record):
    """Chunks and vectors of a snapshot, object by object."""

    snapshot: str
    encoder: str
    made: tuple[Made, ...]
    without: tuple[str, ...] = ()
    layout: Layout = Layout.SHARED
    encoded: int = 0  # of this run
    untried: tuple[str, ...] = ()  # languages that the encoder was never measured in


class Job(Record):
    """Promoted objects to make the passages of one segment of."""

    uri: str
    shards: Batch
    encoder: str
    chunks: Stored | None = None
    donors: tuple[Donor, ...] = ()


class Cut(Record):
    """The chunks of promoted objects."""

    chunks: Stored


@step
def embed(uri: str, ref: str, name: str, without: tuple[str, ...] = ()) -> Passages:
    """Chunk and embed every object of a snapshot but those of the layers that are left out; raises `NotFound` and `GateFailed`."""
    root = open_root(uri)
    snapshot = required(root, ref)
    without = leaving_out(snapshot, without)
    languages = untried(root, name, snapshot.shards(without))
    jobs = [Job(uri=root.uri, shards=batch, encoder=name) for batch in batches(root, ref, snapshot, without)]
    made, encoded = _made(root, name, jobs)
    return Passages(snapshot=snapshot.id, encoder=name, made=made, without=without, encoded=encoded, untried=languages)


def _made(root: Root, name: str, jobs: list[Job]) -> tuple[tuple[Made, ...], int]:
    """What was made before is recalled; of the rest all is cut first, to look up once which vectors are there."""
    model = root.encoders.open(name).digest
    recalled = {job.shards: made for job in jobs if (made := _recalled(root, job, model))}
    left = [job for job in jobs if job.shards not in recalled]
    cut = [job.model_copy(update={"chunks": stored}) for job, stored in zip(left, spread("chunk", cut_batch, left), strict=True)]
    ready = [job.model_copy(update={"donors": found}) for job, found in zip(cut, _donors(root, model, cut), strict=True)]
    fresh = {job.shards: made for job, made in zip(ready, spread("embed", embed_batch, ready), strict=True)}
    both = recalled | fresh
    return tuple(both[job.shards] for job in jobs if both[job.shards].chunks.rows), sum(each.encoded for each in fresh.values())


def _recalled(root: Root, job: Job, model: str) -> Made | None:
    made = root.work.recall("embed", _key(job, model), Made)
    return made if made and root.lake.exists(made.chunks) and root.lake.exists(made.vectors) else None


def _donors(root: Root, model: str, cut: list[Job]) -> list[tuple[Donor, ...]]:
    return donors(root, model, [job.chunks for job in cut if job.chunks])


def cut_batch(job: Job) -> Stored:
    """The chunks of promoted objects, by document, recalled when they were made before."""
    root, key = open_root(job.uri), digest([[each.digest for each in job.shards], chunks.CHUNKER])
    if (recalled := root.work.recall("chunk", key, Cut)) and root.lake.exists(recalled.chunks):
        return recalled.chunks
    documents = root.lake.read_all(job.shards, PROMOTED).sort_by("doc_id")
    stored = root.lake.write(chunks.chunk(documents), CHUNK)
    root.work.keep("chunk", key, Cut(chunks=stored))
    return stored


def embed_batch(job: Job) -> Made:
    """Unit vectors of the chunks of promoted objects: those that a kept index has are taken from there, the others made."""
    root = open_root(job.uri)
    model, cut = root.encoders.open(job.encoder), job.chunks or cut_batch(job)
    passages = root.lake.read(cut, CHUNK, ["chunk_id", "text_hash"])
    found, filled = given(root, pl.Series("text_hash", passages["text_hash"]), model.dimension, job.donors)
    missing = np.flatnonzero(~filled)
    if len(missing):
        texts = root.lake.read(cut, CHUNK, ["text"])["text"].take(pa.array(missing)).to_pylist()
        found[missing] = model.encode(texts)
    column = pa.FixedSizeListArray.from_arrays(pa.array(found.reshape(-1)), model.dimension)
    table = pa.table({"chunk_id": passages["chunk_id"], "vector": column})
    stored = root.lake.write(table, vectors(model.dimension))
    made = Made(chunks=cut, vectors=stored, of=job.shards, encoded=len(missing))
    root.work.keep("embed", _key(job, model.digest), made)
    return made


def _key(job: Job, model: str) -> str:
    return digest([[each.digest for each in job.shards], chunks.CHUNKER, model])
