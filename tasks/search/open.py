"""An index opened for search: the papers of its passages and its files, checked against the manifest."""

from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from muniment.errors import Corrupt
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.store.root import Root, open_root
from muniment.store.vectors import VectorIndex
from muniment.tasks.index.layout import only
from muniment.tasks.index.segments import opened

_PAPERS = [name for name in CHUNK.names if name not in ("text", "text_hash")]


@dataclass(frozen=True)
class Opened:
    """What a query is asked of. Rows of `papers` (no text) are the positions of the vectors."""

    index: Index
    papers: pa.Table
    vectors: VectorIndex


def open_index(root: Root, index: Index) -> Opened:
    """The index, or those of its segments that are given, loaded once a revision; raises `NotFound`, and `Corrupt` when it is not what its manifest says."""
    return _opened(root.uri, index.id, index.revision, tuple(sorted({each.partition for each in index.segments})))


@lru_cache(maxsize=4)
def _opened(uri: str, identifier: str, revision: int, partitions: tuple[str, ...]) -> Opened:
    root = open_root(uri)
    index = only(root.manifests.get("indexes", identifier, Index, revision), partitions)
    papers = root.lake.read_all(index.chunks, CHUNK, _PAPERS)
    vectors = opened(root, index)
    if not papers.num_rows == vectors.count == index.count:
        raise Corrupt(
            f"Index {identifier} holds {vectors.count} vectors for {papers.num_rows} chunks.", "Rebuild it: `muniment index build`."
        )
    return Opened(index, papers, vectors)
