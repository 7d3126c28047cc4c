"""Build a search index from passages, and let a ref serve it together with its snapshot."""

from muniment.core import chunks
from muniment.errors import NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.index import EXACT, WORDS, Index, Segment
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot, Target
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import target
from muniment.tasks.index.embed import Passages
from muniment.tasks.index.segments import Deriving, derived
from muniment.tasks.pool import spread
from muniment.tasks.step import run_id, step


@step
def build_index(uri: str, ref: str, passages: Passages, actor: str) -> Index:
    """Derive the segments' files, keep the manifest, and let the ref serve it together with its snapshot; raises `NotFound`."""
    root = open_root(uri)
    if not passages.made:
        raise NotFound("The snapshot has no text to index.", "Promote documents first: `muniment promote`.")
    index = make_index(root, root.manifests.get("snapshots", passages.snapshot, Snapshot), passages)
    held, tag = target(root, ref)
    if held is None or held.snapshot != passages.snapshot or _served(root, held, index):
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
            counts={"chunks": index.count, "encoded": passages.encoded},
            reasons=tuple(f"LANGUAGE_NOT_MEASURED:{each}" for each in passages.untried),
        )
    )
    root.refs.move(ref, moved, tag)
    return index


def make_index(root: Root, snapshot: Snapshot, passages: Passages) -> Index:
    """Make the segments and keep the manifest; what stands already is not made again."""
    model = root.encoders.open(passages.encoder)
    bare = [
        Segment(chunks=each.chunks, vectors=each.vectors, files=(), partition=each.partition, of=each.of) for each in passages.made
    ]
    jobs = [Deriving(uri=root.uri, segment=each, dimension=model.dimension, kinds=(EXACT, WORDS)) for each in bare]
    segments = tuple(spread("derive", derived, jobs))
    named = [snapshot.id, chunks.CHUNKER, model.digest, [each.model_dump(mode="json") for each in segments]]
    index = Index(
        id=digest(named)[:20],
        snapshot=snapshot.id,
        snapshot_revision=snapshot.revision,
        chunker=chunks.CHUNKER,
        encoder=passages.encoder,
        encoder_digest=model.digest,
        dimension=model.dimension,
        segments=segments,
        count=sum(each.vectors.rows for each in segments),
        without=passages.without,
        layout=passages.layout,
    )
    root.manifests.put("indexes", index)
    return index


def _served(root: Root, held: Target, index: Index) -> bool:
    """Whether a ref serves this index, or a variant that was built beside it."""
    if not held.index or held.index == index.id:
        return held.index == index.id
    return root.manifests.get("indexes", held.index, Index).baseline == index.id
