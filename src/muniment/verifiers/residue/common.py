"""Let go of needles that tell nobody apart: windows and vectors that documents have which stay."""

import numpy as np

from muniment.verifiers.residue.nearness import Near
from muniment.verifiers.residue.needles import PROJECTIONS, Needles, projected
from muniment.verifiers.residue.parts import Array, octets
from muniment.verifiers.residue.search import Search

_MANY = 1000  # hits after which it pays to search on without what was hit


class Common:
    """Is shown what stays; `needles` are those that nothing of it holds."""

    def __init__(self, needles: Needles) -> None:
        self._needles, self._search = needles, Search(needles)
        self._shared: dict[str, set[int]] = {"short": set(), "long": set(), "plain": set()}
        self._hits = 0

    def bytes(self, payload: bytes) -> None:
        """Bytes of documents that stay."""
        for hit in self._search.hits(octets(payload)):
            self._shared[hit.form].add(hit.hashed)
            self._hits += 1
        if self._hits >= _MANY:
            self._search, self._hits = Search(self.needles), 0

    def vectors(self, rows: Array) -> None:
        """Vectors of documents that stay, n × d."""
        held = self._needles.projections
        if self._needles.dimension == rows.shape[1] and len(held) and len(rows):
            near = Near(projected(rows, self._needles.keys)).any(held)
            self._needles = self._needles._replace(projections=held[~near].reshape(-1, PROJECTIONS))
        self.bytes(np.ascontiguousarray(rows, np.float32).tobytes())

    @property
    def needles(self) -> Needles:
        """What is left."""
        left = {form: getattr(self._needles, form).without(hashes) for form, hashes in self._shared.items()}
        return self._needles._replace(**left)
