"""A root with an index over passages that a test makes: real objects, real files, no capture."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import CHUNK, vectors
from muniment.schemas.index import EXACT, WORDS, Index
from muniment.schemas.snapshot import Snapshot, Target
from muniment.store.root import Root
from muniment.tasks.index.segments import make_segment

ENCODER = "wordllama"
SUBJECTS = [
    "harbour",
    "violin",
    "orchard",
    "winter",
    "glacier",
    "kitchen",
    "railway",
    "library",
    "volcano",
    "pottery",
    "sailing",
    "chess",
]
_WORDS = [
    "early",
    "quiet",
    "copper",
    "repair",
    "letter",
    "number",
    "method",
    "signal",
    "garden",
    "paper",
    "window",
    "record",
    "measure",
    "second",
    "village",
    "river",
]


def texts(count: int, seed: int = 0, first: int = 0, last: int = len(SUBJECTS)) -> list[str]:
    """Passages of made sentences, each about one of a dozen subjects, or of some of them."""
    subjects = SUBJECTS[first:last]
    drawn = np.random.default_rng(seed)
    made = []
    for number in range(count):
        subject = subjects[number % len(subjects)]
        words = [*drawn.choice(_WORDS, 8), *[subject] * 3, f"{subject}{drawn.integers(400)}", f"{drawn.choice(subjects)}"]
        made.append(" ".join(drawn.permutation(words)) + ".")
    return made


def indexed(root: Root, segments: Sequence[tuple[str, Sequence[str]]], made: Sequence[np.ndarray] | None = None) -> Index:
    """Keep an exact index of segments (source, texts), one segment each, and let `production` serve it."""
    model = root.encoders.open(ENCODER)
    parts = []
    for number, (source, passages) in enumerate(segments):
        rows = np.ascontiguousarray(model.encode(list(passages)) if made is None else made[number], np.float32)
        chunks = root.lake.write(_chunks(source, passages), CHUNK)
        column = pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), model.dimension)
        ids = _chunks(source, passages)["chunk_id"]
        stored = root.lake.write(pa.table({"chunk_id": ids, "vector": column}), vectors(model.dimension))
        parts.append(make_segment(root, chunks, stored, model.dimension, (EXACT, WORDS)))
    snapshot = Snapshot(id="5a" * 8, parts=(), policy="p", code="c", checks="k", statistics={})
    root.manifests.put("snapshots", snapshot)
    index = Index(
        id=sha256(str([each.model_dump() for each in parts]).encode())[:20],
        snapshot=snapshot.id,
        snapshot_revision=0,
        chunker="structure@1",
        encoder=ENCODER,
        encoder_digest=model.digest,
        dimension=model.dimension,
        segments=tuple(parts),
        count=sum(each.chunks.rows for each in parts),
    )
    root.manifests.put("indexes", index)
    root.refs.move("production", Target(snapshot=snapshot.id, index=index.id, serial=1), root.refs.read("production", Target)[1])
    return index


def _chunks(source: str, passages: Sequence[str]) -> pa.Table:
    rows = []
    for number, text in enumerate(passages):
        doc_id = sha256(f"{source} {number} {text}".encode())[:32]
        rows.append(
            {
                "chunk_id": f"{doc_id}:{sha256(text.encode())[:16]}", "doc_id": doc_id, "source_id": source, "ordinal": 0, "start": 0,
                "end": len(text), "title": "Note", "owner": "Archive", "modified": datetime(2026, 1, 1, tzinfo=UTC),
                "classification": "internal", "tenant": "default", "acl": ["staff"], "language": "en", "media_type": "text/plain",
                "licence": "MIT", "text_hash": sha256(text.encode()), "text": text,
            }
        )  # fmt: skip
    rows.sort(key=lambda row: str(row["doc_id"]))
    return pa.Table.from_pylist(rows, schema=CHUNK)
