"""FAISS files: ids of an IDMap and of inverted lists; vectors that are stored flat, as halves or as 8 or 6 bits; centroids; the vectors
that HNSW or a refining index keeps; tables of quantisers, whose entries can be pieces of a vector.

Codes of a product quantiser, of 4 bits or of RaBitQ say too little of a vector to know it again: that is said.
"""

from typing import Any

import faiss
import numpy as np

from muniment.verifiers.residue.parts import Array, Bytes, Matrix, Numbers, Octets, Parts, Unseen

MAGICS = (b"Ix", b"Iw", b"IH", b"IN", b"Is", b"IS")
_TOGETHER = 1 << 12  # vectors


def parts(payload: Octets) -> Parts:
    """Everything that an index holds; what stands behind it may be anything."""
    reader: Any = faiss.VectorIOReader()
    faiss.copy_array_to_vector(payload, reader.data)
    index = faiss.read_index(reader)
    yield Bytes("index", payload[: reader.rp], text=False)
    yield Bytes("behind the index", payload[reader.rp :], deeper=True)
    reader.data.clear()
    yield from _index(index, "index")


def _index(given: Any, label: str) -> Parts:
    index = faiss.downcast_index(given)
    name = type(index).__name__
    if isinstance(index, faiss.IndexIDMap | faiss.IndexIDMap2):
        yield Numbers(f"{label}: ids", _values(index.id_map).astype(np.int64))
        yield from _index(index.index, label)
    elif isinstance(index, faiss.IndexPreTransform):
        yield from _transformed(index, label)
    elif isinstance(index, faiss.IndexIVF):
        yield from _lists(index, label)
    elif hasattr(index, "base_index") and hasattr(index, "refine_index"):
        yield from _index(index.base_index, f"{label}: base")
        yield from _index(index.refine_index, f"{label}: refine store")
    elif hasattr(index, "storage"):
        yield from _index(index.storage, f"{label}: storage")
    else:
        yield from _tables(index, label)
        yield from _stored(index, f"{label} ({name})")


def _stored(index: Any, label: str) -> Parts:
    if not _well(index):
        yield Unseen(label, "Its codes say too little of a vector to know it again.")
        return
    for start in range(0, index.ntotal, _TOGETHER):
        yield Matrix(label, index.reconstruct_n(start, min(_TOGETHER, index.ntotal - start)))


def _lists(index: Any, label: str) -> Parts:
    yield from _index(index.quantizer, f"{label}: centroids")
    yield from _tables(index, label)
    seen = False
    for number in range(index.nlist):
        size = index.invlists.list_size(number)
        if not size:
            continue
        held = index.invlists
        ids = faiss.rev_swig_ptr(held.get_ids(number), size).copy()
        codes = faiss.rev_swig_ptr(held.get_codes(number), size * index.code_size).reshape(size, -1).copy()
        yield Numbers(f"{label}: list ids", ids)
        rows = _list_vectors(index, number, codes)
        seen = seen or rows is None
        if rows is not None:
            yield Matrix(f"{label}: lists", rows)
    if seen:
        yield Unseen(f"{label}: lists", "Their codes say too little of a vector to know it again.")


def _list_vectors(index: Any, number: int, codes: Array) -> Array | None:
    if isinstance(index, faiss.IndexIVFFlat):
        return codes.view(np.float32)
    if isinstance(index, faiss.IndexIVFScalarQuantizer) and _well(index):
        rows: Array = index.sq.decode(codes)
        return rows + index.quantizer.reconstruct(number) if index.by_residual else rows
    return None


def _well(index: Any) -> bool:
    """Whether what an index stores is near enough to what it was given."""
    if isinstance(index, faiss.IndexFlat):
        return True
    if hasattr(index, "sq"):
        kinds = faiss.ScalarQuantizer
        good = (kinds.QT_8bit, kinds.QT_8bit_uniform, kinds.QT_fp16, kinds.QT_bf16, kinds.QT_8bit_direct, kinds.QT_6bit)
        return index.sq.qtype in good
    return False


def _tables(index: Any, label: str) -> Parts:
    """Numbers that a quantiser learned from the vectors."""
    if hasattr(index, "pq"):
        yield Bytes(f"{label}: product quantiser", _values(index.pq.centroids).tobytes())
    if hasattr(index, "sq"):
        yield Bytes(f"{label}: scalar quantiser", _values(index.sq.trained).tobytes())


def _transformed(index: Any, label: str) -> Parts:
    for part in _index(index.index, label):
        try:
            yield Matrix(label, _turned_back(index, part.rows)) if isinstance(part, Matrix) else part
        except RuntimeError:
            yield Unseen(label, "What stands behind its transform cannot be turned back into vectors.")


def _turned_back(index: Any, rows: Array) -> Array:
    for number in reversed(range(index.chain.size())):
        transform = faiss.downcast_VectorTransform(index.chain.at(number))
        rows = transform.reverse_transform(np.ascontiguousarray(rows, np.float32))
    return rows


def _values(vector: Any) -> Array:
    found: Array = faiss.vector_to_array(vector)
    return found
