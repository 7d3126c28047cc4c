"""Nights that each add a few documents to a source: segments, bytes written over bytes added, and a query, with merging and without.

    python -m benchmarks.indexes.nights --documents PARQUET [--nights 60] [--added 300]

Bytes are those of new objects of passages and vectors and of new index files (exact and words). Added is what the new documents alone take, in a
segment of their own. A query is CPU time of one core, best 10 of all, the median over 100.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import EXACT, Index
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.store.vectors import faiss
from muniment.tasks.index import merging
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed
from muniment.tasks.index.opening import opened, unplanned
from muniment.tasks.index.questions import sampled
from muniment.tasks.index.variants import build_variant


def main() -> None:
    """The same nights twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--added", type=int, default=300, help="documents a night")
    parser.add_argument("--variant", default="ivf-sq8")
    given = parser.parse_args()
    faiss().omp_set_num_threads(1)
    texts = pl.read_parquet(given.documents, columns=["text"])["text"].unique(maintain_order=True)
    texts = texts.sample(given.nights * given.added, seed=1, shuffle=True).to_list()
    added = _nights("apart", texts, given, apart=True)
    written = _nights("merged", texts, given, apart=False)
    print(f"bytes written over bytes added: {written / added:.2f}")


def _nights(name: str, texts: list[str], given: argparse.Namespace, apart: bool) -> int:
    kept = merging.together
    merging.together = (lambda weights, standing, limit: [(place,) for place in range(len(weights))]) if apart else kept
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _measured(name, open_root(folder), texts, given)
    finally:
        merging.together = kept


def _measured(name: str, root: Root, texts: list[str], given: argparse.Namespace) -> int:
    shards, written, before, counts, began = list[Stored](), 0, set[str](), list[int](), time.process_time()
    for night in range(given.nights):
        own = texts[night * given.added : (night + 1) * given.added]
        shards.append(_promoted(root, own, night))
        _show(root, shards)
        index = build_index(root.uri, "production", embed(root.uri, "production", "wordllama"), "bench")
        now = _sizes(index)
        written += sum(size for digest, size in now.items() if digest not in before)
        before |= set(now)
        counts.append(len(index.segments))
    taken = time.process_time() - began
    variant = build_variant(root.uri, "production", given.variant, "cpu")
    print(
        f"{name}: {given.nights} nights of {given.added} documents, {index.count:,} passages, {counts[-1]} segments at the end, "
        f"{np.mean(counts):.1f} at the mean, {max(counts)} at most; {written / 1e6:,.0f} MB written in {taken:.0f} CPU s; "
        f"a query: exact {_query(root, index):.2f} ms, {given.variant} {_query(root, variant):.2f} ms",
        flush=True,
    )
    return written


def _query(root: Root, index: Index) -> float:
    asked = np.asarray(root.encoders.open(index.encoder).asked([each.text for each in sampled(root, index, 100)]), np.float32)
    found = unplanned(root, index) if index.variant == EXACT else opened(root, index)
    taken = []
    for query in np.concatenate([asked[:10], asked]):
        began = time.process_time()
        found.found(np.ascontiguousarray(query[None]), 10, None)
        taken.append(1e3 * (time.process_time() - began))
    return float(np.median(taken[10:]))


def _sizes(index: Index) -> dict[str, int]:
    stored = {each.digest: each.bytes for each in (*index.chunks, *index.vectors)}
    return stored | {each.digest: each.bytes for each in index.files}


def _promoted(root: Root, texts: list[str], night: int) -> Stored:
    rows = [
        {
            "doc_id": sha256(f"{night} {place}".encode())[:32], "source_id": "desk", "native_key": f"{night}/{place}", "project": None,
            "title": f"{night}/{place}", "owner": "Desk", "modified": None, "classification": "internal", "tenant": "default",
            "acl": ["staff"], "language": "en", "media_type": "text/markdown", "licence": "MIT", "rights": "permissive", "tags": [],
            "reserved": [], "action": "accept", "reasons": [], "redactions": 0, "splices": [], "pseudonym_key": None,
            "text_hash": sha256(text.encode()), "text": text,
        }
        for place, text in enumerate(texts)
    ]  # fmt: skip
    return root.lake.write(pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["doc_id"])), schema=PROMOTED), PROMOTED)


def _show(root: Root, shards: list[Stored]) -> None:
    part = Part(source="desk", capture="c", judgement="j", decision=Decision.APPROVE, review="r", shards=tuple(shards))
    named = digest([each.digest for each in shards])[:20]
    snapshot = Snapshot(id=named, parts=(part,), policy="0" * 64, code="bench", checks="0" * 64, statistics={})
    root.manifests.put("snapshots", snapshot)
    held, tag = root.refs.read("production", Target)
    index, serial = (held.index, held.serial + 1) if held else ("", 1)
    root.refs.move("production", Target(snapshot=snapshot.id, index=index, serial=serial), tag)


if __name__ == "__main__":
    main()
