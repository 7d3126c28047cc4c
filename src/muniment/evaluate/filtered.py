"""Vectors asked as a served index would answer, by how much may be read, at random and by subject: leaks, recall and milliseconds."""

import time

import numpy as np

from muniment.core.gating import recall
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.schemas.canonical import sha256
from muniment.store.vectors import KINDS, Part, VectorIndex, build, costs, files, probes

VARIANT = "ivf-sq8"
_SEGMENT = 20_000  # rows
_SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)
_K = 10


def filtered(vectors: np.ndarray, queries: np.ndarray) -> Metrics:
    """`filtered.<random or subject><percent>pct.` with `leaks`, `recall`, `latency.p50_ms` and `latency.p95_ms` (CPU time of one core).

    Half of the queries (m × d) work out how far to look, the other half is measured.
    """
    known, asked = queries[::2], queries[1::2]
    index = planned(vectors, known)
    metrics: Metrics = {}
    for part in _SHARES:
        for name, mask in _masks(vectors, part).items():
            metrics |= under(f"filtered.{name}{100 * part:g}pct", _asked(index, asked, mask))
    return metrics


def planned(vectors: np.ndarray, known: np.ndarray) -> VectorIndex:
    """An index of segments with compressed files, and what searching it costs here."""
    rows = np.array_split(np.ascontiguousarray(vectors, np.float32), max(1, -(-len(vectors) // _SEGMENT)))
    parts = [_part(each) for each in rows]
    parameters = {"refine": float(KINDS[VARIANT].refine)}
    plain = VectorIndex(parts, parameters)
    if not plain.listed:
        return plain
    parameters |= probes.required(*plain.cells(100_000), known)
    return VectorIndex(parts, parameters, costs.measure(VectorIndex(parts, parameters)))


def _part(rows: np.ndarray) -> Part:
    exact = build(rows)
    fast = build(rows, VARIANT) if len(rows) >= KINDS[VARIANT].least else None
    return Part.of(files.opened(exact, sha256(exact)), None if fast is None else files.opened(fast, sha256(fast)), VARIANT)


def _masks(vectors: np.ndarray, part: float) -> dict[str, np.ndarray]:
    if part == 1.0:
        return {"all": np.ones(len(vectors), bool)}
    return {"random": probes.scattered(len(vectors), part, 21), "subject": probes.by_subject(vectors, part, 21)}


def _asked(index: VectorIndex, asked: np.ndarray, mask: np.ndarray) -> Metrics:
    exact = VectorIndex(index.parts)
    recalls, taken, leaks = [], [], 0
    for query in asked:
        began = time.thread_time()
        scores, positions = index.search(query[None], _K, mask)
        taken.append(1e3 * (time.thread_time() - began))
        leaks += int((~mask[positions[0]]).sum())
        recalls.append(recall(scores[0], exact.search(query[None], _K, mask)[0][0]))
    latency = {f"latency.p{each}_ms": count(float(np.percentile(taken, each))) for each in (50, 95)}
    return {"leaks": count(leaks), "recall": share(recalls)} | latency
