"""Queries asked of opened indexes: what each answers, in how much time, and which slices each query belongs to."""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from muniment.core.gating import lengths
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.store.root import Root
from muniment.store.vectors import VectorIndex, probes
from muniment.tasks.index.questions import Query, rare

K = 10
SHARES = (0.5, 0.1, 0.01, 0.001)
_PASSAGES = 20_000  # that are read to know which words are rare
Masks = dict[str, np.ndarray | None]


class Answers(NamedTuple):
    """Scores and positions (m × at most 10), and milliseconds of this thread's CPU for each query."""

    scores: np.ndarray
    positions: np.ndarray
    milliseconds: np.ndarray


def patterns(opened: VectorIndex) -> Masks:
    """What may be read: all, and shares of it, at random and by subject. Seeds are others than those that shares were worked out with."""
    found: Masks = {"access=all": None}
    vectors = opened.rows(np.arange(opened.count))
    for share in SHARES:
        found[f"access=random-{share:g}"] = probes.scattered(opened.count, share, seed=11)
        found[f"access=subject-{share:g}"] = probes.by_subject(vectors, share, seed=11)
    return found


def ask(opened: VectorIndex, vectors: np.ndarray, mask: np.ndarray | None) -> Answers:
    """Ask one query after the other."""
    scores, positions, taken = [], [], []
    for vector in vectors:
        began = time.thread_time_ns()
        score, position = opened.search(vector[None], K, mask)
        taken.append((time.thread_time_ns() - began) / 1e6)
        scores.append(score[0])
        positions.append(position[0])
    return Answers(np.array(scores), np.array(positions), np.array(taken))


def members(root: Root, index: Index, asked: list[Query], best: np.ndarray) -> dict[str, np.ndarray]:
    """The queries of each slice (truth values). Source and language are those of the best answer, `best` (m,), where a query has none."""
    papers = root.lake.read_all(index.chunks, CHUNK, ["source_id", "language"])
    sources, languages = (papers[name].take(pa.array(best)).to_pylist() for name in ("source_id", "language"))
    seldom = rare([each.text for each in asked], _passages(root, index))
    named: dict[str, list[bool]] = {}
    for number, query in enumerate(asked):
        names = [
            f"source={query.source or sources[number]}",
            f"language={query.language or languages[number] or 'unknown'}",
            lengths(len(query.text.split())),
            *(["words=rare"] if seldom[number] else []),
            *query.slices,
        ]
        for name in names:
            named.setdefault(name, [False] * len(asked))[number] = True
    return {name: np.array(rows) for name, rows in named.items()}


def _passages(root: Root, index: Index) -> Iterator[str]:
    """Passages evenly spread over the index."""
    step = max(1, -(-index.count // _PASSAGES))
    for stored in index.chunks:
        for batch in root.lake.batches(stored, CHUNK, ["text"]):
            yield from batch["text"].to_pylist()[::step]
