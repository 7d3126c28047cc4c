"""The lexical side of a search: words of passages, scored among what may be read."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from muniment.core.words import bm25
from muniment.core.words.postings import joined
from muniment.store import words
from muniment.tasks.index.words import stemmers


class Lexicon:
    """The postings of segments as one. Positions are those of the passages that `languages` (n,) belong to."""

    def __init__(self, tables: Sequence[pa.Table], counts: Sequence[int], languages: pa.ChunkedArray) -> None:
        self.held = joined(tables, counts)
        self._names, self._stemmers = stemmers(languages)
        if self.held.count != len(languages):
            raise ValueError("There must be one language for each passage.")

    @property
    def count(self) -> int:
        """Number of passages."""
        return self.held.count

    def search(
        self, query: str, k: int, allowed: npt.NDArray[np.bool_] | None, neighbours: float = bm25.NEIGHBOURS
    ) -> bm25.Matches:
        """The k best passages for the words of a query. `allowed` (count,) is what exists for this search; None, which must be said,
        is everything. The query is read as the allowed passages' languages are, and no character of it has a special meaning."""
        return bm25.search(self.held, words.asked(query, self._spoken(allowed)), k, allowed, neighbours)

    def _spoken(self, allowed: npt.NDArray[np.bool_] | None) -> list[str]:
        if len(self._names) < 2:
            return list(self._names)
        counts = np.bincount(self._stemmers if allowed is None else self._stemmers[allowed], minlength=len(self._names))
        return [name for name, count in zip(self._names, counts, strict=True) if count]
