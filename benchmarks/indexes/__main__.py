"""Filtered search over many vectors: leaks, recall and latency by how much may be read, for each variant and for post-filtering peers.

    python -m benchmarks.indexes [--vectors 500000] [--documents PARQUET] [--keep DIR] [--variants ivf-sq8 …] [--segments 25]

Milliseconds are CPU time of one core; recall@10 is against an exact scan of what is allowed, in the same run. Half of the sampled queries
work out how far to look, the other half is measured. Peers (`--peers ivf hnsw`) are one global index of plain FAISS that gives 100, of which
what may not be read is left out afterwards; with `--peers` alone there are none.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from benchmarks.indexes.vectors import vectors

from muniment.schemas.canonical import sha256
from muniment.store.vectors import Part, VectorIndex, build, costs, faiss, files, kinds, probes

K = 10
SHARES = (0.5, 0.1, 0.01, 0.001)
DEEP = 100  # that a peer gives before it is filtered
PEERS = {
    "ivf": ("IVF1024,Flat", "nprobe=64"),
    "hnsw": ("HNSW32_SQ8", "efSearch=256"),
}  # FAISS's names for one and how it is searched


def main() -> None:
    """Build, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=500_000)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--keep", type=Path, help="keep encoded vectors here")
    parser.add_argument("--variants", nargs="*", default=["ivf-sq8", "ivf-flat", "ivf-rabitq4", "hnsw"])
    parser.add_argument("--segments", type=int, default=25)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=["ivf"])
    given = parser.parse_args()
    faiss().omp_set_num_threads(1)
    rows, queries, what = vectors(given.vectors, given.documents, given.keep)
    print(f"{len(rows):,} vectors of {rows.shape[1]} components in {given.segments} segments: {what}")
    known, asked = queries[: len(queries) // 2], queries[len(queries) // 2 :][: given.queries]
    masks = _masks(rows)
    due = {name: _due(rows, asked, mask) for name, mask in masks.items()}
    parts = np.array_split(rows, given.segments)
    flat = [_opened(build(part)) for part in parts]
    _report("exact", VectorIndex([Part.of(each) for each in flat]), asked, masks, due)
    for name in given.variants:
        _report(name, _variant(name, parts, flat, known), asked, masks, due)
    for name in given.peers:
        _peer(f"peer: global {name}, filtered afterwards", _global(rows, name), rows, asked, masks, due)


def _variant(name: str, parts: list[np.ndarray], flat: list[files.Opened], known: np.ndarray) -> VectorIndex:
    began = time.process_time()
    payloads = [build(part, name) for part in parts]
    built = time.process_time() - began
    segments = [Part.of(exact, _opened(payload), name) for exact, payload in zip(flat, payloads, strict=True)]
    parameters = {"refine": float(kinds.kind(name).refine)}
    plain = VectorIndex(segments, parameters)
    parameters |= {"ef": kinds.WIDTH} if name == "hnsw" else probes.required(*plain.cells(100_000), known)
    plain = VectorIndex(segments, parameters)
    found = costs.measure(plain)
    size = sum(map(len, payloads)) / 1e6
    print(f"\n{name}: {size:,.0f} MB, built in {built:,.1f} CPU s, {parameters}, {found}")
    return VectorIndex(segments, parameters, found)


def _report(name: str, index: VectorIndex, asked: np.ndarray, masks: dict, due: dict) -> None:
    print(f"{name:38} {'recall@10':>10} {'p50 ms':>8} {'p95 ms':>8} {'leaks':>6}  ways")
    for pattern, mask in masks.items():
        taken, recalls, leaks, ways = [], [], 0, ()
        for query, best in zip(asked, due[pattern], strict=True):
            began = time.process_time()
            scores, positions, ways = index.found(query[None], K, mask)
            taken.append(1e3 * (time.process_time() - began))
            recalls.append(float((scores[0] >= best[-1] - 1e-5).mean()))
            leaks += 0 if mask is None else int((~mask[positions[0]]).sum())
        counted = {way.value: ways.count(way) for way in dict.fromkeys(ways)}
        print(
            f"  {pattern:36} {np.mean(recalls):10.4f} {np.median(taken):8.2f} {np.percentile(taken, 95):8.2f} {leaks:6}  {counted}",
            flush=True,
        )


def _peer(name: str, index: files.Opened, rows: np.ndarray, asked: np.ndarray, masks: dict, due: dict) -> None:
    print(f"\n{name:38} {'recall@10':>10} {'p50 ms':>8} {'p95 ms':>8}")
    for pattern, mask in masks.items():
        taken, recalls = [], []
        for query, best in zip(asked, due[pattern], strict=True):
            began = time.process_time()
            positions = index.search(query[None], DEEP)[1][0]
            left = positions if mask is None else positions[mask[positions]]
            taken.append(1e3 * (time.process_time() - began))
            recalls.append(float((rows[left[:K]] @ query >= best[-1] - 1e-5).sum()) / K)
        print(f"  {pattern:36} {np.mean(recalls):10.4f} {np.median(taken):8.2f} {np.percentile(taken, 95):8.2f}", flush=True)


def _global(rows: np.ndarray, name: str) -> files.Opened:
    factory, settings = PEERS[name]
    index = faiss().index_factory(rows.shape[1], factory, faiss().METRIC_INNER_PRODUCT)
    began = time.process_time()
    index.train(rows[:: max(1, len(rows) // 60_000)])
    index.add(rows)
    faiss().ParameterSpace().set_index_parameters(index, settings)
    print(f"\nglobal {factory}, {settings}: built in {time.process_time() - began:,.1f} CPU s")
    return index


def _masks(rows: np.ndarray) -> dict[str, np.ndarray | None]:
    found: dict[str, np.ndarray | None] = {"all": None}
    for share in SHARES:
        found[f"random {share:.1%}"] = probes.scattered(len(rows), share, seed=21)
        found[f"by subject {share:.1%}"] = probes.by_subject(rows, share, seed=21)
    return found


def _due(rows: np.ndarray, asked: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """The K best scores of each query among what is allowed, best first."""
    allowed = rows if mask is None else rows[mask]
    blocks = [np.sort(query @ allowed.T)[::-1][:K] for query in asked]
    return np.array(blocks)


def _opened(payload: bytes) -> files.Opened:
    return files.opened(payload, sha256(payload))


if __name__ == "__main__":
    main()
