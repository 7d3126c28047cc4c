"""The files of an index opened as one, each refused when it is not what the manifest says: damaged, missing, too short, or of others."""

import pyarrow.compute as pc

from muniment.errors import Corrupt, NotFound
from muniment.schemas.chunk import CHUNK, vectors
from muniment.schemas.index import EXACT, Index, IndexFile, Segment
from muniment.store.root import Root
from muniment.store.vectors import Part, VectorIndex, files
from muniment.tasks.index.machine import costs_of

_REMEDY = "Build it again: `muniment index build`. Until then `muniment index fallback` goes back to the index before."


def opened(root: Root, index: Index) -> VectorIndex:
    """The vectors of an index, mapped, with its variant's files and what searching them costs here; raises `Corrupt`."""
    plain = unplanned(root, index)
    return plain if index.variant == EXACT else VectorIndex(plain.parts, index.parameters, costs_of(root, index, plain))


def unplanned(root: Root, index: Index) -> VectorIndex:
    """The same without costs, so that every search of it is exact; raises `Corrupt`."""
    return VectorIndex([_part(root, index, each) for each in index.segments], index.parameters)


def _part(root: Root, index: Index, segment: Segment) -> Part:
    exact, fast = segment.held(EXACT), segment.held(index.variant) if index.variant != EXACT else None
    if exact is None:
        raise Corrupt(f"Index {index.id} is half built: a segment has no exact file.", _REMEDY)
    _require_whole(root, index, segment, exact)
    flat = _mapped(root, index, exact, segment)
    return Part.of(flat, None if fast is None else _mapped(root, index, fast, segment), index.variant)


def _require_whole(root: Root, index: Index, segment: Segment, exact: IndexFile) -> None:
    """Every vector belongs to the passage in its place: an orphan would answer for a passage that is not its own, or no more there."""
    if not exact.count == segment.vectors.rows == segment.chunks.rows:
        raise Corrupt(
            f"Index {index.id} is half built: {segment.chunks.rows} passages, {segment.vectors.rows} vectors, a file of {exact.count}.",
            _REMEDY,
        )
    try:
        passages = root.lake.read(segment.chunks, CHUNK, ["chunk_id"])["chunk_id"]
        owners = root.lake.read(segment.vectors, vectors(index.dimension), ["chunk_id"])["chunk_id"]
    except NotFound:
        raise Corrupt(f"Index {index.id} is half built: an object of its passages or vectors is not there.", _REMEDY) from None
    if not passages.equals(owners):
        orphans = len(owners) - int(pc.sum(pc.is_in(owners, value_set=passages.combine_chunks())).as_py() or 0)
        raise Corrupt(f"Index {index.id} has {orphans} orphan vectors, or others in the wrong place.", _REMEDY)


def _mapped(root: Root, index: Index, file: IndexFile, segment: Segment) -> files.Opened:
    try:
        found = files.opened(root.objects.open(file.key), file.digest, secret=bool(root.keychain.sealing()))
    except NotFound:
        raise Corrupt(f"Index {index.id} is half built: its file {file.digest[:12]} ({file.kind}) is not there.", _REMEDY) from None
    except Corrupt as error:
        raise Corrupt(f"Index {index.id}, file {file.digest[:12]} ({file.kind}): {error.message}", _REMEDY) from None
    if not found.ntotal == file.count == segment.vectors.rows or found.d != index.dimension:
        raise Corrupt(
            f"Index {index.id}, file {file.digest[:12]} ({file.kind}) holds {found.ntotal} vectors of {found.d} components, "
            f"not {segment.vectors.rows} of {index.dimension}.",
            _REMEDY,
        )
    return found
