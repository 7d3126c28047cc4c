"""Files trained and filled on a GPU, and served on the CPU: FAISS's GPU indexes ignore selectors, and would return what is forbidden.

Nothing of this was run on a GPU by us: what is tested is the choice, and that a file which does not answer as one built on the CPU does
is not accepted.
"""

from typing import Any

import numpy as np

from muniment.errors import Stop
from muniment.store.vectors.kinds import build, empty, written
from muniment.store.vectors.library import Positions, Vectors, faiss

DEVICES = ("auto", "cpu", "gpu")
ON_GPU = ("ivf-flat", "ivf-sq8")  # kinds that FAISS has a GPU class for: none for RaBitQ; graphs come from CAGRA, with cuVS
TOLERANCE = 0.02  # by which recall may fall behind that of a file built on the CPU
_QUERIES = 200
_K = 10


def count() -> int:
    """GPUs that FAISS sees. Only this tells: its resources can be made without one."""
    return int(faiss().get_num_gpus()) if hasattr(faiss(), "get_num_gpus") else 0


def chosen(device: str, kind: str) -> str:
    """`cpu` or `gpu` for a wish and a kind; raises `Stop` when a GPU was asked for and there is none, or none for this kind."""
    able = kind in ON_GPU or (kind == "hnsw" and hasattr(faiss(), "GpuIndexCagra"))
    if device == "gpu" and not count():
        raise Stop("FAISS sees no GPU.", "Install muniment[gpu] on a machine that has one, or give `--device cpu`.")
    if device == "gpu" and not able:
        raise Stop(f"FAISS has no GPU class for {kind}.", f"Give `--device cpu`, or one of {', '.join(ON_GPU)}.")
    return "gpu" if device != "cpu" and count() and able else "cpu"


def build_on_gpu(vectors: Vectors, kind: str) -> tuple[bytes, str]:
    """A file made on the first GPU, and empty; when it does not answer as well as the CPU's, the CPU's, and why."""
    reference = build(vectors, kind)
    try:
        payload = made(np.ascontiguousarray(vectors, np.float32), kind)
    except RuntimeError as error:
        return reference, f"The GPU failed ({type(error).__name__}); built on the CPU."
    behind = parity(payload, reference, vectors)
    if behind > TOLERANCE:
        return reference, f"The GPU's file finds {behind:.1%} less than the CPU's; built on the CPU."
    return payload, ""


def parity(payload: bytes, reference: bytes, vectors: Vectors) -> float:
    """By how much the recall@10 of one file falls behind that of another, both searched on the CPU with the same probes."""
    queries = vectors[np.linspace(0, len(vectors) - 1, min(_QUERIES, len(vectors))).astype(int)]
    due = np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :_K]
    ours, theirs = (
        _recall(faiss().deserialize_index(np.frombuffer(each, np.uint8)), queries, due) for each in (payload, reference)
    )
    return theirs - ours


def _recall(index: Any, queries: Vectors, due: Positions) -> float:
    if hasattr(index, "nprobe"):
        index.nprobe = max(1, index.nlist // 4)
    found = index.search(np.ascontiguousarray(queries), due.shape[1])[1]
    return float(
        np.mean([len(set(got) & set(right)) / len(right) for got, right in zip(found.tolist(), due.tolist(), strict=True)])
    )


def made(vectors: Vectors, kind: str) -> bytes:
    """A file that the first GPU trains and fills; raises `RuntimeError` where that fails."""
    resources = faiss().StandardGpuResources()
    if kind == "hnsw":
        return _graph(resources, vectors)
    index = faiss().index_cpu_to_gpu(resources, 0, empty(vectors.shape[1], len(vectors), kind))
    index.train(vectors)
    index.add(vectors)
    return written(faiss().index_gpu_to_cpu(index))


def _graph(resources: Any, vectors: Vectors) -> bytes:
    settings = faiss().GpuIndexCagraConfig()
    index = faiss().GpuIndexCagra(resources, vectors.shape[1], faiss().METRIC_INNER_PRODUCT, settings)
    index.train(vectors)
    graph = faiss().IndexHNSWCagra()
    index.copyTo(graph)
    return written(graph)
