"""The queries that an index is measured with: those that are stored, or sentences of its own passages while there are none."""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.store.root import Root
from muniment.tasks.queries.stored import stored_queries

_SENTENCE = re.compile(r"[.!?:\n]+\s*")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LONGEST = 14  # words of a sampled query


class Query(NamedTuple):
    """A query and what is known of it. Its text is sensitive: it is nowhere written down."""

    text: str
    id: str = ""  # of a stored one
    language: str = ""
    source: str = ""  # that a sampled one is from
    slices: tuple[str, ...] = ()


def queries(root: Root, index: Index, name: str, most: int) -> tuple[list[Query], str]:
    """At most `most` queries, and where they are from: `stored`, or `sampled` when none are stored; raises `NotFound` for a set that is
    asked for by name and is not there."""
    stored = stored_queries(root, name)
    if not stored:
        return sampled(root, index, most), "sampled"
    chosen = stored[:: max(1, -(-len(stored) // most))]
    return [Query(each.text, each.id, each.language or "", "", each.slices) for each in chosen], "stored"


def sampled(root: Root, index: Index, most: int) -> list[Query]:
    """A few words in a row of at most `most` passages, as many of each source as can be. The same index gives the same queries."""
    papers = root.lake.read_all(index.chunks, CHUNK, ["chunk_id", "source_id", "language"])
    chosen = np.sort(_spread(papers, most))
    found: list[Query] = []
    first = 0
    for stored in index.chunks:
        rows = chosen[(chosen >= first) & (chosen < first + stored.rows)]
        if len(rows):
            texts = root.lake.read(stored, CHUNK, ["text"])["text"].take(pa.array(rows - first)).to_pylist()
            found += [_of(papers, int(row), text) for row, text in zip(rows, texts, strict=True)]
        first += stored.rows
    return found


def rare(texts: list[str], passages: Iterator[str]) -> list[bool]:
    """Which of the texts hold a word that next to no passage holds (one in a thousand)."""
    seen: dict[str, int] = {}
    wanted = [set(_WORD.findall(text.lower())) for text in texts]
    asked = set().union(*wanted)
    count = 0
    for count, text in enumerate(passages, start=1):  # noqa: B007 -- how many there were
        for word in asked & set(_WORD.findall(text.lower())):
            seen[word] = seen.get(word, 0) + 1
    return [any(seen.get(word, 0) <= count / 1000 for word in words) for words in wanted]


def _spread(papers: pa.Table, most: int) -> np.ndarray:
    """Rows: the same number of each source, in an order that follows from their ids."""
    mixed = np.array(
        [int.from_bytes(hashlib.blake2b(each.encode(), digest_size=8).digest()) for each in papers["chunk_id"].to_pylist()]
    )
    sources = papers["source_id"].dictionary_encode().combine_chunks()
    codes = np.asarray(sources.indices) if len(sources) else np.empty(0, np.int64)
    order = np.argsort(mixed, kind="stable")
    turn = np.empty(len(order), np.int64)
    for code in np.unique(codes):
        mine = order[codes[order] == code]
        turn[mine] = np.arange(len(mine))
    return np.lexsort((mixed, turn))[:most]


def _of(papers: pa.Table, row: int, text: str) -> Query:
    words = max(_SENTENCE.split(text), key=len).split() or text.split()
    size = 3 + row % (_LONGEST - 2)
    start = row % max(1, len(words) - size + 1)
    return Query(
        " ".join(words[start : start + size]),
        language=papers["language"][row].as_py() or "",
        source=papers["source_id"][row].as_py(),
    )
