"""A graph of near neighbours (HNSW, Malkov and Yashunin 2018). With a selective mask it is never asked: it would lose its way."""

from typing import Any

import numpy as np

from muniment.store.vectors.exact import selector
from muniment.store.vectors.library import Mask, Positions, Vectors, faiss

_NARROWEST = 64  # candidates that a walk keeps at least


class Graph:
    """An HNSW index, mapped."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.count = int(index.ntotal)

    def scan(self, queries: Vectors, k: int, mask: Mask | None, width: int = 0) -> Positions:
        """About the k best of each query (m × d), of a walk that keeps `width` candidates; −1 where it found fewer."""
        best = min(k, self.count)
        settings = faiss().SearchParametersHNSW(
            efSearch=max(width, best, _NARROWEST), **({} if mask is None else {"sel": selector(mask)})
        )
        found: Positions = self._index.search(np.ascontiguousarray(queries), best, params=settings)[1]
        return found
