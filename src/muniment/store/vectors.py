"""The vector index: FAISS, exact inner product. The only module that knows FAISS.

Access comes before scoring: FAISS skips what the mask forbids (a bitmap selector), so a forbidden vector is never compared, and the
k best are the k best of what is allowed. Results are never filtered afterwards.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from muniment.errors import Corrupt, Stop
from muniment.schemas.canonical import sha256

Vectors = npt.NDArray[np.float32]

PACKAGES = ("faiss-cpu", "faiss-gpu", "faiss-gpu-cuvs")


@cache
def faiss() -> ModuleType:
    """FAISS, when exactly one of the packages that provide it is installed; else `Stop` (the last one installed would win silently)."""
    found = [name for name in PACKAGES if list(metadata.distributions(name=name))]
    if len(found) != 1:
        raise Stop(
            f"Exactly one FAISS package must be installed; there are {', '.join(found) or 'none'}.",
            "Uninstall all of them, then install one extra: muniment[cpu], muniment[gpu] or muniment[gpu-cuvs].",
        )
    import faiss

    return faiss


def build(vectors: Vectors) -> bytes:
    """The file of an exact inner-product index over unit vectors (n × d); equal vectors give equal bytes."""
    index = faiss().IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    payload: bytes = faiss().serialize_index(index).tobytes()
    return payload


class VectorIndex:
    """Opened files, one after the other. Positions are rows of the vectors that they were built from."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = parts

    @classmethod
    def join(cls, indexes: Sequence["VectorIndex"]) -> "VectorIndex":
        """Several indexes as one: the positions of each follow those of the one before it."""
        return cls([part for index in indexes for part in index._parts])

    @classmethod
    def open(cls, source: bytes | Path, expected: str) -> "VectorIndex":
        """Open the file or its bytes; raises `Corrupt` unless its SHA-256 is `expected` and FAISS can read it."""
        payload = source.read_bytes() if isinstance(source, Path) else source
        remedy = "Rebuild the index: `muniment index build`."
        if sha256(payload) != expected:
            raise Corrupt("The index file is not the one that its manifest names.", remedy)
        try:
            return cls([faiss().deserialize_index(np.frombuffer(payload, np.uint8))])
        except RuntimeError:
            raise Corrupt("FAISS cannot read the index file.", remedy) from None

    @property
    def count(self) -> int:
        """Number of vectors."""
        return sum(int(part.ntotal) for part in self._parts)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._parts[0].d)

    def search(
        self, queries: Vectors, k: int, allowed: npt.NDArray[np.bool_] | None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """The min(k, allowed) best positions of each query (m × d): scores and positions, both m × that, best first, ties by position.

        `allowed` (count,) is what may be compared at all; None, which must be said, is everything. Raises `ValueError` for a mask or
        queries that do not fit the index.
        """
        if allowed is not None and (allowed.dtype != np.bool_ or allowed.shape != (self.count,)):
            raise ValueError(f"The mask must hold one truth value for each of the {self.count} vectors.")
        if self._parts and (queries.ndim != 2 or queries.shape[1] != self.dimension):
            raise ValueError(f"Queries must have {self.dimension} components.")
        k = min(k, self.count if allowed is None else int(allowed.sum()))
        if k <= 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        found = list(self._searched(np.ascontiguousarray(queries, np.float32), k, allowed))
        scores, positions = (np.concatenate(each, axis=1) for each in zip(*found, strict=True))
        order = np.lexsort((positions, -scores), axis=1)[:, :k]
        return np.take_along_axis(scores, order, 1), np.take_along_axis(positions, order, 1)

    def _searched(
        self, queries: Vectors, k: int, allowed: npt.NDArray[np.bool_] | None
    ) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]]:
        """The best of each file, which hold the best of all."""
        first = 0
        for part in self._parts:
            mask = None if allowed is None else allowed[first : first + part.ntotal]
            best = min(k, int(part.ntotal if mask is None else mask.sum()))
            if best:
                scores, positions = part.search(queries, best, params=_only(mask))
                yield scores, positions + first
            first += part.ntotal


def _only(allowed: npt.NDArray[np.bool_] | None) -> Any:
    if allowed is None:
        return None
    selector = faiss().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    return faiss().SearchParameters(sel=selector)
