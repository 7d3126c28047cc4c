"""Build a search index from a promoted snapshot: chunks, vectors, FAISS; what did not change is not made again."""

import numpy as np
import pyarrow as pa

from muniment.core import chunks
from muniment.errors import NotFound
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import CHUNK, PROMOTED, vectors
from muniment.schemas.index import Index, IndexFile
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot, Target
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store import vectors as faiss_store
from muniment.store.encoders import encoder
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import leaving_out, required, target
from muniment.tasks.pool import spread
from muniment.tasks.step import run_id, step


class Passages(Record):
    """Chunks and their vectors, object by object in the same order."""

    snapshot: str
    encoder: str
    chunks: tuple[Stored, ...]
    vectors: tuple[Stored, ...]
    without: tuple[str, ...] = ()


class Job(Record):
    """One promoted object to make passages of."""

    uri: str
    shard: Stored
    encoder: str


class Made(Record):
    """Chunks of one object, and their vectors."""

    chunks: Stored
    vectors: Stored


@step
def embed(uri: str, ref: str, name: str, without: tuple[str, ...] = ()) -> Passages:
    """Chunk and embed every object of a snapshot but those of the layers that are left out; raises `NotFound`."""
    root = open_root(uri)
    snapshot = required(root, ref)
    without = leaving_out(snapshot, without)
    jobs = [Job(uri=root.uri, shard=shard, encoder=name) for shard in snapshot.shards(without)]
    made = [each for each in spread("embed", embed_shard, jobs) if each.chunks.rows]
    return Passages(
        snapshot=snapshot.id,
        encoder=name,
        chunks=tuple(each.chunks for each in made),
        vectors=tuple(each.vectors for each in made),
        without=without,
    )


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


@step
def build_index(uri: str, ref: str, passages: Passages, actor: str) -> Index:
    """Build the FAISS file, keep its manifest, and let the ref serve it together with its snapshot; raises `NotFound`."""
    root = open_root(uri)
    if not passages.chunks:
        raise NotFound("The snapshot has no text to index.", "Promote documents first: `muniment promote`.")
    index = make_index(root, root.manifests.get("snapshots", passages.snapshot, Snapshot), passages)
    held, tag = target(root, ref)
    if held is None or held.snapshot != passages.snapshot or held.index == index.id:
        return index
    moved = Target(snapshot=held.snapshot, index=index.id, serial=held.serial + 1)
    root.record(
        Draft(
            kind=EntryKind.INDEXED,
            actor=actor,
            run=run_id(),
            key=f"{ref}#{moved.serial}={index.id}",
            subjects=(f"ref:{ref}",),
            inputs=(f"snapshot:{index.snapshot}", f"encoder:{index.encoder_digest}"),
            outputs=(f"index:{index.id}", *(f"object:{each.digest}" for each in (*index.chunks, *index.vectors))),
            counts={"chunks": index.count},
        )
    )
    root.refs.move(ref, moved, tag)
    return index


def make_index(root: Root, snapshot: Snapshot, passages: Passages) -> Index:
    """Store the FAISS files and the manifest; what stands already is not made again."""
    model = encoder(passages.encoder)
    files = tuple(index_file(root, each, model.dimension) for each in passages.vectors)
    named = [snapshot.id, chunks.CHUNKER, model.digest, [each.digest for each in passages.vectors], [each.digest for each in files]]
    index = Index(
        id=digest(named)[:20],
        snapshot=snapshot.id,
        snapshot_revision=snapshot.revision,
        chunker=chunks.CHUNKER,
        encoder=passages.encoder,
        encoder_digest=model.digest,
        dimension=model.dimension,
        chunks=passages.chunks,
        vectors=passages.vectors,
        files=files,
        count=sum(each.rows for each in passages.vectors),
        without=passages.without,
    )
    root.manifests.put("indexes", index)
    return index


def index_file(root: Root, stored: Stored, dimension: int) -> IndexFile:
    """The FAISS file of one object of vectors; of one that was made before, only its name is looked up."""
    key = digest([stored.digest, faiss_store.KIND])
    if (recalled := root.work.recall("faiss", key, IndexFile)) and root.objects.exists(recalled.key):
        return recalled
    payload = faiss_store.build(stacked(root, stored, dimension))
    made = IndexFile(digest=sha256(payload), count=stored.rows, bytes=len(payload))
    root.objects.put(made.key, payload)
    root.work.keep("faiss", key, made)
    return made


def stacked(root: Root, stored: Stored, dimension: int) -> np.ndarray:
    """The vectors of an object, n × dimension, in the order of its rows."""
    table = root.lake.read(stored, vectors(dimension), ["vector"])
    flat = [column.flatten().to_numpy() for column in table["vector"].chunks]
    return np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, dimension)


def opened(root: Root, index: Index) -> faiss_store.VectorIndex:
    """The files of an index as one; raises `NotFound` or `Corrupt`."""
    return faiss_store.VectorIndex.join(
        [faiss_store.VectorIndex.open(root.objects.read(each.key), each.digest) for each in index.files]
    )
