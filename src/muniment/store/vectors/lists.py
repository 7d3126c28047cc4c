"""Inverted lists: the vectors of a segment in cells around centroids, which are looked into from the nearest on."""

from typing import Any

import numpy as np
import numpy.typing as npt

from muniment.store.vectors.exact import selector
from muniment.store.vectors.library import Mask, Positions, Vectors, faiss


class Lists:
    """An IVF index of any coding, mapped. Which lists are looked into is the caller's choice."""

    def __init__(self, index: Any) -> None:
        self._index = index  # it owns what is taken from it below
        self._ivf: Any = faiss().downcast_index(faiss().extract_index_ivf(self._index))
        self._turn: Any = self._index.chain.at(0) if hasattr(self._index, "chain") else None
        self.count, self.number = int(self._index.ntotal), int(self._ivf.nlist)
        self.centroids: Vectors = self._turned_back(self._ivf.quantizer.reconstruct_n(0, self.number))
        self.list_of = self._places()

    def scan(
        self, query: npt.NDArray[np.float32], k: int, numbers: Positions, near: npt.NDArray[np.float32], mask: Mask | None
    ) -> tuple[npt.NDArray[np.float32], Positions]:
        """The k best of a query (d,) in the lists `numbers` (p,), whose centroids have the inner products `near` with it: approximate
        scores and positions, fewer than k when the lists hold fewer that are allowed."""
        asked = np.ascontiguousarray(query[None] if self._turn is None else self._turn.apply(query[None]), np.float32)
        numbers, near = np.ascontiguousarray(numbers, np.int64), np.ascontiguousarray(near, np.float32)
        scores, found = np.empty(k, np.float32), np.empty(k, np.int64)
        chosen = None if mask is None else selector(mask)
        settings = faiss().SearchParametersIVF(nprobe=len(numbers), **({} if chosen is None else {"sel": chosen}))
        pointers = [faiss().swig_ptr(each) for each in (asked, numbers, near, scores, found)]
        self._ivf.nprobe = len(numbers)
        self._ivf.search_preassigned_c(1, pointers[0], k, pointers[1], pointers[2], pointers[3], pointers[4], False, settings)
        real = found >= 0
        return scores[real], found[real]

    def _turned_back(self, centroids: Vectors) -> Vectors:
        if self._turn is None:
            return centroids
        turned: Vectors = self._turn.reverse_transform(np.ascontiguousarray(centroids))
        return turned

    def _places(self) -> npt.NDArray[np.int32]:
        """The list of each row; −1 where no list holds it."""
        places = np.full(self.count, -1, np.int32)
        held = self._ivf.invlists
        for number in range(self.number):
            if size := held.list_size(number):
                ids = faiss().rev_swig_ptr(held.get_ids(number), size)
                places[ids[(ids >= 0) & (ids < self.count)]] = number
        return places
