"""What queries have in common: the slices by which search is judged."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import polars as pl

from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.schemas.query import StoredQuery
from muniment.store.root import Root
from muniment.tasks.derive import frame

_WORD = re.compile(r"[^\W_]{3,}")
_RARE = 2  # passages: a word that stands in no more of them is rare
_ACCESS = ((0.99, "all"), (0.5, "most"), (0.1, "some"), (0.0, "few"))


def slices(query: StoredQuery, frequencies: Mapping[str, int], readable: float, sources: Iterable[str]) -> list[str]:
    """The slices of a query, sorted: `language=`, `length=` in words, `words=` rare or common, `access=` by the share of the passages that
    who asks may read, `source=` of what answers it, and its own."""
    words = words_of(query.text)
    rare = any(frequencies.get(word, 0) <= _RARE for word in words)
    size = len(query.text.split())
    return sorted(
        {
            f"language={query.language or 'unknown'}",
            f"length={'1-4' if size < 5 else '5-10' if size <= 10 else 'more than 10'}",
            f"words={'rare' if rare else 'common'}",
            f"access={access(readable)}",
            *(f"source={each}" for each in sources),
            *query.slices,
        }
    )


def access(readable: float) -> str:
    """A share of the passages as a word."""
    return next(name for least, name in _ACCESS if readable >= least) if readable else "none"


def words_of(text: str) -> set[str]:
    """Words of three letters or digits and more, in small letters."""
    return {word.lower() for word in _WORD.findall(text)}


def frequencies(root: Root, index: Index, queries: Iterable[StoredQuery]) -> dict[str, int]:
    """In how many passages each word of the queries stands; one object of passages is in memory at a time. Kept nowhere."""
    wanted = pl.Series(sorted({word for each in queries for word in words_of(each.text)}), dtype=pl.String)
    counts = Counter[str]()
    for stored in index.chunks:
        for batch in root.lake.batches(stored, CHUNK, ["text"]):
            words = frame(batch).select(
                pl.col("text").str.to_lowercase().str.extract_all(_WORD.pattern).list.unique().alias("word")
            )
            found = words.explode("word").filter(pl.col("word").is_in(wanted.implode()))["word"].value_counts()
            counts.update(dict(found.iter_rows()))
    return dict(counts)
