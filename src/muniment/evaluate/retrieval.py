"""`muniment eval retrieval FOLDER`: does search find what answers a query: by vectors, by words, by both, and as the gate chooses.

nDCG (Järvelin and Kekäläinen 2002) with linear gains, recall, and the reciprocal rank of the first right one, averaged over queries.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from muniment.core.metrics.rankings import ndcg, recall, reciprocal_rank
from muniment.core.tuning import crossfitted
from muniment.evaluate import variants
from muniment.evaluate.collection import Collection, Indexed, Judgement, collection
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.report import Options, Outcome
from muniment.schemas.index import EXACT
from muniment.schemas.ranking import DENSE, HYBRID, LEXICAL
from muniment.tasks.search.rank import Positions, Sides, weighted
from muniment.tasks.search.tune import WAYS

_FIGURES = ("ndcg10", "recall10", "recall100", "mrr")
_HALVES = 2
Due = dict[int, float]  # gain of each right unit of one query
Figures = npt.NDArray[np.float64]


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`dense`, `lexical`, `hybrid` (by default weights) and `chosen`: each `.ndcg10`, `.recall10`, `.recall100`, `.mrr` (in the first
    100), and but for the last `.latency.p50_ms` and `.latency.p95_ms` (one query at a time, its encoding included).

    `chosen` is what the gate of `muniment index tune` chooses on one half of the queries, scored on the other half, both ways round;
    `chosen.gain` is its nDCG@10 less that of words alone, query by query, and `chosen.dense` the mean weight of the vectors in it.
    `unheld` queries have an answer that no passage holds, and score 0; then there is the speed of chunking, encoding and indexing.

    With variants asked for there are, for each and for the exact index that it is built beside, `variant.<kind>.dense` and `.hybrid` with
    the same figures, `dense.change` and `hybrid.change` (nDCG@10 less that of the exact one, query by query), `found`, `held`, `mb` and
    `cpu` (see `variants`).

    What is ranked is documents (by their best passage) where whole documents are judged, passages where answers have offsets.
    """
    read = collection(data)
    indexed = Indexed(read.documents, options.encoder)
    units, due = judged(read, indexed)
    asked = [_asked(indexed, query, units, right) for query, right in zip(read.queries, due, strict=True)]
    rows = np.array([figures for figures, _ in asked]).reshape(len(asked), len(WAYS), len(_FIGURES))
    metrics = {"queries": count(len(due)), "unheld": count(sum(not right for right in due))} | indexed.metrics
    for name, way in (("dense", DENSE), ("lexical", LEXICAL), ("hybrid", HYBRID)):
        metrics |= under(name, _averages(rows[:, WAYS.index(way)]) | _latency([seconds[name] for _, seconds in asked]))
    metrics |= under("chosen", _chosen(rows))
    return Outcome(metrics | _by_variant(read, options) if options.variants else metrics, indexed.systems)


class Cut(Protocol):
    """Passages, with `doc_id`, `start` and `end`."""

    @property
    def chunks(self) -> pa.Table:
        """A row each."""


def judged(read: Collection, indexed: Cut) -> tuple[Positions, list[Due]]:
    """The unit of each passage (n,), and the gains of the right units of each query: documents, or passages that hold at least half
    of an answer.
    """
    documents, rows = np.unique(indexed.chunks["doc_id"].to_numpy(), return_inverse=True)
    number = {name: place for place, name in enumerate(documents.tolist())}
    due: list[Due] = [{} for _ in read.queries]
    spans = any(each.span for each in read.judgements)
    start, end = (indexed.chunks[name].to_numpy() for name in ("start", "end"))
    for each in read.judgements:
        document = number.get(each.document, -1)
        right = _holding(each, rows == document, start, end) if each.span else [document] if document >= 0 else []
        due[each.query] |= {int(unit): max(each.gain, due[each.query].get(int(unit), 0.0)) for unit in right}
    return (np.arange(len(rows)) if spans else rows.astype(np.int64)), due


def _holding(each: Judgement, inside: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    first, last = each.span or (0, 0)
    overlap = np.minimum(end, last) - np.maximum(start, first)
    return np.flatnonzero(inside & (2 * overlap >= last - first) & (overlap > 0))


def _asked(indexed: Indexed, query: str, units: Positions, right: Due) -> tuple[list[list[float]], dict[str, float]]:
    """Figures of every way to rank, and seconds of the three that are served."""
    began = time.perf_counter()
    dense = indexed.dense(query, None)
    nearest = time.perf_counter()
    lexical = indexed.lexical(query, None)
    worded = time.perf_counter()
    sides = Sides(lexical, dense)
    weighted(sides, HYBRID)
    fused = time.perf_counter()
    seconds = {"dense": nearest - began, "lexical": worded - nearest, "hybrid": fused - began}
    return [_figures(units[weighted(sides, way)[1]], right) for way in WAYS], seconds


def _by_variant(read: Collection, options: Options) -> Metrics:
    """The exact index and each variant beside one another."""
    metrics, before = Metrics(), dict[str, Figures]()
    with variants.built(read.documents, options.encoder, variants.chosen(options.variants)) as indexes:
        exact = variants.Asked(*indexes[EXACT], read.queries)
        units, due = judged(read, _Papers(exact.opened.papers))
        for name, index in indexes.items():
            asked = exact if name == EXACT else variants.Asked(*index, read.queries)
            metrics |= under(f"variant.{name}", asked.metrics | asked.agreement(exact))
            for way, ranked in (("dense", asked.dense), ("hybrid", asked.hybrid)):
                rows = np.array([_figures(units[each], right) for each, right in zip(ranked, due, strict=True)])
                change = share(rows[:, 0] - before.setdefault(way, rows)[:, 0])
                metrics |= under(f"variant.{name}.{way}", _averages(rows) | {"change": change})
    return metrics


class _Papers(NamedTuple):
    """Passages as an opened index holds them."""

    chunks: pa.Table


def _chosen(rows: Figures) -> Metrics:
    """What is chosen on each half of the queries, scored on the other one."""
    if not len(rows):
        return {}
    ways = crossfitted(rows[:, :, 0].T, _HALVES)
    fitted = rows[np.arange(len(rows)), ways]
    gain = share(fitted[:, 0] - rows[:, WAYS.index(LEXICAL), 0])
    return _averages(fitted) | {"gain": gain, "dense": count(float(np.mean([WAYS[way].dense for way in ways])))}


def _figures(ranked: Positions, due: Due) -> list[float]:
    """nDCG@10, recall@10, recall@100 and reciprocal rank of one ranking of units, in which only the first of a unit counts."""
    units = list(dict.fromkeys(ranked.tolist()))[:100]
    gains, right = [due.get(unit, 0.0) for unit in units], list(due.values())
    return [ndcg(gains, right, 10), recall(gains, right, 10), recall(gains, right, 100), reciprocal_rank(gains)]


def _averages(rows: Figures) -> Metrics:
    return {name: share(column) for name, column in zip(_FIGURES, rows.T, strict=True)} if len(rows) else {}


def _latency(seconds: list[float]) -> Metrics:
    return {f"latency.p{part}_ms": count(1e3 * float(np.percentile(seconds, part))) for part in (50, 95)} if seconds else {}
