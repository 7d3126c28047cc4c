"""Rank what may be read: by words, by vectors, or by both; then by freshness and authority, where the policy says so."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core import boosts
from muniment.core.fusion import combine, fuse
from muniment.policies.retrieval import Authority, Retrieval
from muniment.schemas.ranking import DENSE, Weighting
from muniment.schemas.search import Mode, Parts
from muniment.schemas.source import Classification
from muniment.store.root import Root
from muniment.tasks.search.open import Opened

DEPTH = 200  # passages that each side gives
_DAY = 86_400

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


class Sides(NamedTuple):
    """What each side found (scores, positions), best first, on scales that do not depend on the query: shares of the best score that
    there could be, and cosines."""

    lexical: tuple[Scores, Positions]
    dense: tuple[Scores, Positions]


class Ranked(NamedTuple):
    """A passage and its score."""

    position: int
    score: float
    parts: Parts


class Ranking(NamedTuple):
    """Positions, best first, with their scores (both (n,)); how they were found; and what speaks for the best one."""

    positions: Positions
    scores: Scores
    mode: Mode
    evidence: float
    sides: Sides
    factors: tuple[Scores, Scores]  # of freshness and of authority

    def at(self, place: int) -> Ranked:
        """What stands at one place, and what its score is made of."""
        position, (fresh, trusted) = int(self.positions[place]), self.factors
        lexical, dense = (_of(position, side) for side in self.sides)
        parts = Parts(lexical=lexical, dense=dense, freshness=float(fresh[place]), authority=float(trusted[place]))
        return Ranked(position, float(self.scores[place]), parts)


def rank(
    root: Root, opened: Opened, query: str, how: Weighting, mask: Mask, policy: Retrieval, now: datetime, depth: int = DEPTH
) -> Ranking:
    """Rank the allowed passages. Where no word of the query is found, vectors answer."""
    sides = searched(opened, query, how, mask, depth)
    if how.dense < 1 and not len(sides.lexical[0]):
        how = DENSE
        sides = searched(opened, query, how, mask, depth)
    scores, positions = weighted(sides, how)
    fresh, trusted = _factors(root, opened.papers, positions, policy, now)
    moved = scores if policy.freshness is None and policy.authority is None else np.maximum(scores, 0.0) * fresh * trusted
    best = np.argsort(-moved, kind="stable")
    return Ranking(positions[best], moved[best], how.mode, evidence(sides, how), sides, (fresh[best], trusted[best]))


def _of(position: int, side: tuple[Scores, Positions]) -> float | None:
    """The score that a side gave, if it found this."""
    scores, positions = side
    found = scores[positions == position]
    return float(found[0]) if len(found) else None


def searched(opened: Opened, query: str, how: Weighting, mask: Mask | None, depth: int = DEPTH) -> Sides:
    """What the sides find that this weighting asks."""
    nothing = (np.empty(0), np.empty(0, np.int64))
    lexical = dense = nothing
    if how.dense < 1:
        matches = opened.words.search(query, depth, mask)
        lexical = matches.scores / max(matches.ideal, np.finfo(np.float64).tiny), matches.positions
    if how.dense > 0:
        values, places = opened.vectors.search(opened.encoder.asked([query]), depth, mask)
        found = places[0] >= 0
        dense = values[0][found].astype(np.float64), places[0][found]
    return Sides(lexical, dense)


def weighted(sides: Sides, how: Weighting) -> tuple[Scores, Positions]:
    """One ranking of both sides: what a side does not hold counts nothing by words, and as its last one by vectors."""
    if how.dense in (0, 1):
        return sides.dense if how.dense else sides.lexical
    depth, weights = sum(len(positions) for _, positions in sides), (1 - how.dense, how.dense)
    if how.by_ranks:
        return fuse([positions for _, positions in sides], weights, depth)
    return combine(sides, weights, (0.0, float(sides.dense[0].min(initial=1.0))), depth)


def evidence(sides: Sides, how: Weighting) -> float:
    """What speaks for the best passage, 0 to 1: its score by scores, whatever orders the passages."""
    return float(np.clip(weighted(sides, Weighting(dense=how.dense))[0][:1], 0, 1).max(initial=0.0))


def varied(ranking: Ranking, papers: pa.Table, k: int, per_document: int) -> list[Ranked]:
    """The k best, without a passage whose text stands above it already, and with so many of one document at most."""
    kept, texts, documents = list[Ranked](), set[str](), Counter[str]()
    for place, position in enumerate(ranking.positions):
        document, _, text = papers["chunk_id"][int(position)].as_py().partition(":")
        text = text.partition("-")[0]  # digits of the text's hash, without the number of its repetition
        if text not in texts and documents[document] < per_document:
            kept.append(ranking.at(place))
            texts.add(text)
            documents[document] += 1
        if len(kept) == k:
            break
    return kept


def _factors(root: Root, papers: pa.Table, positions: Positions, policy: Retrieval, now: datetime) -> tuple[Scores, Scores]:
    """Factors of freshness and authority of these positions, both (n,)."""
    rows = pa.array(positions)
    fresh = trusted = np.ones(len(positions))
    if policy.freshness:
        seconds = pc.divide(pc.cast(papers["modified"].take(rows), pa.int64()), 1_000_000).cast(pa.float64())
        ages = (now.timestamp() - pc.fill_null(seconds, np.nan).to_numpy()) / _DAY
        fresh = boosts.freshness(ages, policy.freshness.half_life_days, policy.freshness.floor)
    if policy.authority:
        sources, levels = (papers[name].take(rows).to_pylist() for name in ("source_id", "classification"))
        said = list(zip(sources, levels, strict=True))
        factors = {(source, level): _trusted(root, source, level, policy.authority) for source, level in set(said)}
        trusted = np.array([factors[each] for each in said], np.float64)
    return fresh, trusted


def _trusted(root: Root, source: str, classification: str, by: Authority) -> float:
    if source in by.sources:
        return by.sources[source]
    if (level := Classification(classification)) in by.classifications:
        return by.classifications[level]
    return boosts.authority(root.registry.get(source).authority, by.rank_weight) if by.rank_weight else 1.0
