"""An index opened for search: the papers of its passages and its files, checked against the manifest."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from weakref import WeakValueDictionary

import pyarrow as pa

from muniment.errors import Corrupt
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import WORDS, Index
from muniment.store.encoders import Encoder
from muniment.store.root import Root, open_root
from muniment.store.vectors import VectorIndex
from muniment.tasks.index import words
from muniment.tasks.index.layout import only
from muniment.tasks.index.opening import opened
from muniment.tasks.search.lexical import Lexicon

_PAPERS = [name for name in CHUNK.names if name not in ("text", "text_hash")]


@dataclass(frozen=True)
class Opened:
    """What a query is asked of. Rows of `papers` (no text) are the positions of the vectors, and of the words."""

    index: Index
    papers: pa.Table
    vectors: VectorIndex
    words: Lexicon
    encoder: Encoder


def open_index(root: Root, index: Index) -> Opened:
    """The index, or those of its segments that are given, loaded once a revision however many threads ask.

    Raises `NotFound`, and `Corrupt` when it is not what its manifest says.
    """
    key = (root.uri, index.id, index.revision, tuple(sorted({each.partition for each in index.segments})))
    with _guard:
        turn = _turns.setdefault(key, _Turn())
    with turn.lock:
        return _opened(*key)


class _Turn:
    """Who loads, while others wait for what it loads."""

    def __init__(self) -> None:
        self.lock = Lock()


_guard = Lock()
_turns: "WeakValueDictionary[Hashable, _Turn]" = WeakValueDictionary()


@lru_cache(maxsize=4)
def _opened(uri: str, identifier: str, revision: int, partitions: tuple[str, ...]) -> Opened:
    root = open_root(uri)
    index = only(root.manifests.get("indexes", identifier, Index, revision), partitions)
    papers = root.lake.read_all(index.chunks, CHUNK, _PAPERS).combine_chunks()
    vectors = opened(root, index)
    if not papers.num_rows == vectors.count == index.count:
        raise Corrupt(
            f"Index {identifier} holds {vectors.count} vectors for {papers.num_rows} chunks.", "Rebuild it: `muniment index build`."
        )
    return Opened(index, papers, vectors, _lexicon(root, index, papers), root.encoders.open(index.encoder, index.encoder_digest))


def _lexicon(root: Root, index: Index, papers: pa.Table) -> Lexicon:
    files = [each.held(WORDS) for each in index.segments]
    if not all(files):
        raise Corrupt(f"Index {index.id} was built before words were part of it.", "Build it again: `muniment index build`.")
    tables = words.opened(root, [each for each in files if each])
    return Lexicon(tables, [each.chunks.rows for each in index.segments], papers["language"])
