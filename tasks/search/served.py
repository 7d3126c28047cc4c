"""What a ref serves now, without a word about what is in it: counts would tell of what the asking principal may not read."""

import os
import socket
from functools import lru_cache

from muniment.errors import MunimentError
from muniment.schemas.index import Index
from muniment.schemas.ranking import HYBRID
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import index_of, target
from muniment.tasks.search.open import open_index
from muniment.tasks.search.rank import searched


class Served(Record):
    """Snapshot and index of a ref, with their revisions, which only erasures raise."""

    ref: str
    snapshot: str
    snapshot_revision: int
    index: str
    index_revision: int
    encoder: str
    stale: bool  # the index is of an earlier snapshot than the ref shows
    moves: int  # how often the ref was moved: a number that changes with what is served


def served(root: Root, ref: str) -> Served:
    """What is served under a ref; raises `NotFound`."""
    index, (held, _) = index_of(root, ref), target(root, ref)
    return Served(
        ref=ref,
        snapshot=index.snapshot,
        snapshot_revision=index.snapshot_revision,
        index=index.id,
        index_revision=index.revision,
        encoder=index.encoder,
        stale=held is None or held.snapshot != index.snapshot,
        moves=held.serial if held else 0,
    )


def prepared(root: Root, ref: str) -> str:
    """Open the index of a ref, so that the first question waits for no file, model or compiler: `ok`, or the code of the error."""
    try:
        index = index_of(root, ref)
        _tried(root.uri, index.id, index.revision)
    except MunimentError as error:
        return error.code
    return "ok"


@lru_cache(maxsize=8)  # once a revision: whoever probes makes no work
def _tried(uri: str, identifier: str, revision: int) -> None:
    """Search everything once and show nothing."""
    root = open_root(uri)
    index = root.manifests.get("indexes", identifier, Index, revision)
    searched(open_index(root, index), "ready", HYBRID, None, 1)


def writable(root: Root) -> str:
    """Whether an answer could be written down: `ok`, or the code of the error. What is written to find out is removed again."""
    key = f"work/probe/{socket.gethostname()}-{os.getpid()}"
    try:
        root.objects.delete(key)
        if not root.objects.put(key, b"probe"):
            return "SOURCE_UNAVAILABLE"
        root.objects.delete(key)
    except MunimentError as error:
        return error.code
    except OSError as error:
        return type(error).__name__
    return "ok"
