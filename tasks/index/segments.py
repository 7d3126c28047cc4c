"""What an index derives from an object of chunks and its vectors. Nothing of it depends on any other object."""

import numpy as np

from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import vectors
from muniment.schemas.index import Index, IndexFile, Segment
from muniment.schemas.stored import Stored
from muniment.store import vectors as faiss_store
from muniment.store.root import Root


def make_segment(root: Root, chunks: Stored, stored: Stored, dimension: int, kinds: tuple[str, ...]) -> Segment:
    """A segment with its files of these kinds."""
    return Segment(chunks=chunks, vectors=stored, files=tuple(_file(root, stored, dimension, kind) for kind in kinds))


def remade(root: Root, before: Segment, chunks: Stored, stored: Stored, dimension: int) -> Segment:
    """The segment of what is left of its objects. What lost rows is trained anew: a centroid can be the erased vector itself."""
    return make_segment(root, chunks, stored, dimension, tuple(each.kind for each in before.files))


def _file(root: Root, stored: Stored, dimension: int, kind: str) -> IndexFile:
    """The file of one object of vectors; of one that was made before, only its name is looked up."""
    key = digest([stored.digest, kind])
    if (recalled := root.work.recall("faiss", key, IndexFile)) and root.objects.exists(recalled.key):
        return recalled
    payload = faiss_store.build(stacked(root, stored, dimension))
    made = IndexFile(kind=kind, digest=sha256(payload), count=stored.rows, bytes=len(payload))
    root.objects.put(made.key, payload)
    root.work.keep("faiss", key, made)
    return made


def stacked(root: Root, stored: Stored, dimension: int) -> np.ndarray:
    """The vectors of an object, n × dimension, in the order of its rows."""
    table = root.lake.read(stored, vectors(dimension), ["vector"])
    flat = [column.flatten().to_numpy() for column in table["vector"].chunks]
    return np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, dimension)


def opened(root: Root, index: Index) -> faiss_store.VectorIndex:
    """The exact files of an index as one; raises `NotFound` or `Corrupt`."""
    files = [each.file(faiss_store.EXACT) for each in index.segments]
    return faiss_store.VectorIndex.join([faiss_store.VectorIndex.open(root.objects.read(each.key), each.digest) for each in files])
