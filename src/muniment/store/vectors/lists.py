"""Inverted lists: the vectors of a segment in cells around centroids, which are looked into from the nearest on."""

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from muniment.store.vectors.exact import selector
from muniment.store.vectors.library import Mask, Positions, Vectors, faiss

Row = npt.NDArray[np.float32]
LOWEST = float(np.finfo(np.float32).min)


class Lists:
    """An IVF index of any coding, mapped. Which lists are looked into is the caller's choice."""

    def __init__(self, index: Any) -> None:
        self._index = index  # it owns what is taken from it below
        self._ivf: Any = faiss().downcast_index(faiss().extract_index_ivf(self._index))
        self._ivf.parallel_mode = self._ivf.PARALLEL_MODE_NO_HEAP_INIT  # what must be exceeded stands in the heap already
        self._turn: Any = faiss().downcast_VectorTransform(self._index.chain.at(0)) if hasattr(self._index, "chain") else None
        self.rotation = b"" if self._turn is None else blake2b(faiss().vector_to_array(self._turn.A)).digest()
        self.count, self.number = int(self._index.ntotal), int(self._ivf.nlist)
        self.centroids: Vectors = self._turned_back(self._ivf.quantizer.reconstruct_n(0, self.number))
        self.list_of = self._places()

    def turned(self, query: Row) -> Row:
        """A query (d,) as the lists have their vectors. Lists with the same `rotation` have it the same way."""
        if self._turn is None:
            return query
        rotated: Row = self._turn.apply(np.ascontiguousarray(query[None]))[0]
        return rotated

    def scan(
        self, turned: Row, k: int, numbers: Positions, near: Row, mask: Mask | None, above: float = LOWEST
    ) -> tuple[Row, Positions]:
        """The k best of a turned query (d,) that score more than `above` in the lists `numbers` (p,), whose centroids have the inner
        products `near` with it: approximate scores and positions in no order, fewer than k when the lists hold fewer that are allowed.

        Codes of several stages are read to the end only for what can still be among the k: give the nearest lists first.
        """
        asked, numbers, near = np.ascontiguousarray(turned), np.ascontiguousarray(numbers, np.int64), np.ascontiguousarray(near)
        scores, found = np.full(k, above, np.float32), np.full(k, -1, np.int64)
        chosen = None if mask is None else selector(mask)
        settings = faiss().SearchParametersIVF(nprobe=len(numbers), **({} if chosen is None else {"sel": chosen}))
        pointers = [faiss().swig_ptr(each) for each in (asked, numbers, near, scores, found)]
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
