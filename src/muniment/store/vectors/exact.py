"""The vectors of a segment as they are kept: scanned where few are allowed, and what every score is worked out from."""

from contextlib import nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

from muniment.errors import Corrupt
from muniment.store.vectors.files import REMEDY
from muniment.store.vectors.library import Mask, Positions, Vectors, faiss, one_thread

_SPARE = 8  # candidates beyond k: single precision may order the last ones another way than the scores that are given


class Exact:
    """A flat index, mapped."""

    def __init__(self, index: Any) -> None:
        if not hasattr(index, "get_xb"):
            raise Corrupt("The exact file of a segment is of another kind.", REMEDY)
        self._index = index
        self.count, self.dimension = int(index.ntotal), int(index.d)
        octets = faiss().rev_swig_ptr(index.codes.data(), self.count * self.dimension * 4) if self.count else np.empty(0, np.uint8)
        self._octets: npt.NDArray[np.uint8] = octets.reshape(self.count, 4 * self.dimension)

    def scan(self, queries: Vectors, k: int, mask: Mask | None) -> Positions:
        """At least the min(k, allowed) best of each query (m × d), as positions m × that or more."""
        best = min(k + _SPARE, self.count if mask is None else int(mask.sum()))
        with one_thread() if len(queries) == 1 else nullcontext():  # for one query, threads cost four times what they share
            found: Positions = self._index.search(queries, best, params=parameters(mask))[1]
        return found

    def rows(self, positions: Positions) -> Vectors:
        """The vectors at positions, p × d."""
        return self._octets[positions].view(np.float32)  # a mapped file is not aligned: rows are copied as octets


def products(rows: Vectors, query: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Inner products of rows (p × d) with a query (d,). Each depends on its own row alone, whatever stands beside it."""
    found: npt.NDArray[np.float64] = np.einsum("ij,j->i", rows.astype(np.float64), query.astype(np.float64))
    return found.astype(np.float32)


def parameters(mask: Mask | None) -> Any:
    """What makes FAISS skip all that the mask forbids."""
    return None if mask is None else faiss().SearchParameters(sel=selector(mask))


def selector(mask: Mask) -> Any:
    """A bitmap of the allowed."""
    return faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))
