"""What an index derives from an object of chunks and its vectors. Nothing of it depends on any other object."""

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import vectors
from muniment.schemas.index import EXACT, WORDS, IndexFile, Segment
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store import vectors as faiss_store
from muniment.store.root import Root, open_root
from muniment.store.vectors import KINDS, gpu
from muniment.tasks.index import words


class Passages(NamedTuple):
    """What a file is made of: an object of chunks, its vectors in the same order, and their dimension."""

    root: Root
    chunks: Stored
    vectors: Stored
    dimension: int
    device: str = "cpu"


class Builder(NamedTuple):
    """How files of a kind are made. Equal inputs must give equal bytes."""

    version: str  # rises when the bytes change: it is part of the name under which finished work is remembered
    of: str  # which object the file follows from: "chunks" or "vectors"
    build: Callable[[Passages], bytes]
    least: int = 0  # rows below which a segment goes without such a file


def _trained(kind: str, given: Passages) -> bytes:
    rows = stacked(given.root, given.vectors, given.dimension)
    if kind == EXACT or given.device == "cpu":
        return faiss_store.build(rows, kind)
    payload, why = gpu.build_on_gpu(rows, kind)
    if why:
        logging.getLogger(__name__).warning(why)
    return payload


# What can be derived from a segment, by the kind of file.
BUILDERS: dict[str, Builder] = {
    **{kind: Builder("1", "vectors", partial(_trained, kind), KINDS[kind].least) for kind in KINDS},
    WORDS: Builder("1", "chunks", lambda given: words.build(given.root, given.chunks)),
}


class Deriving(Record):
    """A segment, with whatever files, of which those of these kinds are wanted."""

    uri: str
    segment: Segment
    dimension: int
    kinds: tuple[str, ...]
    device: str = "cpu"


def derived(job: Deriving) -> Segment:
    """The segment with its files: what is spread over the cores."""
    given = job.segment
    made = make_segment(open_root(job.uri), given.chunks, given.vectors, job.dimension, job.kinds, job.device)
    return made.model_copy(update={"partition": given.partition, "of": given.of})


def make_segment(
    root: Root, chunks: Stored, stored: Stored, dimension: int, kinds: tuple[str, ...], device: str = "cpu"
) -> Segment:
    """A segment with its files of these kinds, without those that it is too small for."""
    given = Passages(root, chunks, stored, dimension, device)
    fitting = [kind for kind in kinds if stored.rows >= BUILDERS[kind].least]
    return Segment(chunks=chunks, vectors=stored, files=tuple(_file(given, kind) for kind in fitting))


def remade(root: Root, before: Segment, chunks: Stored, stored: Stored, dimension: int) -> Segment:
    """The segment of what is left of its objects. What lost rows is trained anew: a centroid can be the erased vector itself."""
    made = make_segment(root, chunks, stored, dimension, tuple(each.kind for each in before.files))
    return made.model_copy(update={"partition": before.partition, "of": before.of})


def _file(given: Passages, kind: str) -> IndexFile:
    """The file of one kind; of one that was made before, only its name is looked up."""
    builder, root = BUILDERS[kind], given.root
    source = given.chunks if builder.of == "chunks" else given.vectors
    key = digest([source.digest, kind, builder.version])
    if (recalled := root.work.recall("derive", key, IndexFile)) and root.objects.exists(recalled.key):
        return recalled
    payload = builder.build(given)
    made = IndexFile(kind=kind, digest=sha256(payload), count=source.rows, bytes=len(payload))
    root.objects.put(made.key, payload)
    root.work.keep("derive", key, made)
    return made


def stacked(root: Root, stored: Stored, dimension: int) -> np.ndarray:
    """The vectors of an object, n × dimension, in the order of its rows."""
    table = root.lake.read(stored, vectors(dimension), ["vector"])
    flat = [column.flatten().to_numpy() for column in table["vector"].chunks]
    return np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, dimension)
