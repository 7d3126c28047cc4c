"""The lexical index: BM25 (Robertson and Zaragoza 2009) over passages, by tantivy.

A folder of it is a cache that any copy of the chunks can rebuild: its segments have random names, so it is not content-addressed.

Access is part of the query: what the mask forbids is not a candidate, so it is neither returned nor counted. Two things can still
be told by someone who times or compares answers closely: how many passages hold a word (BM25's document frequencies and mean
length are those of the whole index, and move scores a little), and that a query took longer. Where that matters, keep an index for
each tenant or level.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from muniment.errors import Corrupt

Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

_HEAP = 128_000_000
_NAME = "stemmed"


def _analyser() -> tantivy.TextAnalyzer:
    steps = (
        tantivy.Filter.remove_long(80),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    )
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in steps:
        builder = builder.filter(step)
    return builder.build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("position", stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name=_NAME, index_option="freq")
    return builder.build()


class LexicalIndex:
    """An opened index. Positions are those of the texts that it was built from."""

    def __init__(self, index: tantivy.Index) -> None:
        self._analyser = _analyser()
        index.register_tokenizer(_NAME, self._analyser)
        index.reload()
        self._schema, self._searcher = index.schema, index.searcher()

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path | None = None) -> "LexicalIndex":
        """Index n texts into a new or empty folder, or in memory."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), str(folder) if folder else None, reuse=False)
        index.register_tokenizer(_NAME, _analyser())
        writer = index.writer(_HEAP, num_threads=1)
        for position, text in enumerate(texts):
            document = tantivy.Document(text=text)
            document.add_unsigned("position", position)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        return cls(index)

    @classmethod
    def open(cls, folder: Path, count: int) -> "LexicalIndex":
        """Open a folder that must hold `count` texts; raises `Corrupt` when it does not, or cannot be read."""
        try:
            opened = cls(tantivy.Index.open(str(folder)))
        except ValueError:
            raise Corrupt("The lexical index cannot be read.", "Delete its folder: it is built again from the chunks.") from None
        if opened.count != count:
            raise Corrupt(f"The lexical index holds {opened.count} of {count} passages.", "Delete its folder: it is built again.")
        return opened

    @property
    def count(self) -> int:
        """Number of texts."""
        return int(self._searcher.num_docs)

    def search(self, query: str, k: int, allowed: npt.NDArray[np.bool_] | None) -> tuple[Scores, Positions]:
        """The at most k best positions for the words of a query: scores and positions, best first, ties by position.

        `allowed` (count,) is what may be a candidate; None, which must be said, is everything. The query is words, not a language:
        no character of it has a special meaning. Raises `ValueError` for a mask that does not fit.
        """
        if allowed is not None and (allowed.dtype != np.bool_ or allowed.shape != (self.count,)):
            raise ValueError(f"The mask must hold one truth value for each of the {self.count} passages.")
        words = self._words(query)
        if not words or k <= 0 or (allowed is not None and not allowed.any()):
            return np.empty(0), np.empty(0, np.int64)
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        hits = self._searcher.search(self._restricted(asked, allowed), k, count=False).hits
        scores = np.array([score for score, _ in hits], np.float64)
        positions = np.array(self._searcher.fast_field_values("position", [address for _, address in hits]), np.int64)
        order = np.lexsort((positions, -scores))
        return scores[order], positions[order]

    def _words(self, query: str) -> list[tantivy.Query]:
        return [tantivy.Query.term_query(self._schema, "text", word) for word in dict.fromkeys(self._analyser.analyze(query))]

    def _restricted(self, asked: tantivy.Query, allowed: npt.NDArray[np.bool_] | None) -> tantivy.Query:
        """The query and the shorter way to say who is in: those allowed, or those who are not."""
        if allowed is None or allowed.all():
            return asked
        few = int(allowed.sum()) * 2 <= len(allowed)
        named = tantivy.Query.term_set_query(self._schema, "position", np.flatnonzero(allowed == few).tolist())
        listed = tantivy.Query.const_score_query(named, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, asked), (tantivy.Occur.Must if few else tantivy.Occur.MustNot, listed)]
        )
