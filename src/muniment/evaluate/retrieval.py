"""`muniment eval retrieval FOLDER`: does search find what answers a query: by vectors, by words, and by both.

nDCG (Järvelin and Kekäläinen 2002) with linear gains, recall, and the reciprocal rank of the first right one, averaged over queries.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from muniment.core.metrics.rankings import ndcg, recall, reciprocal_rank
from muniment.evaluate.collection import Collection, Indexed, Judgement, Positions, collection
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.report import Options, Outcome

_FIGURES = ("ndcg10", "recall10", "recall100", "mrr")
Due = dict[int, float]  # gain of each right unit of one query


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`dense`, `lexical` and `hybrid`: each `.ndcg10`, `.recall10`, `.recall100`, `.mrr` (in the first 100), `.latency.p50_ms` and
    `.latency.p95_ms` (one query at a time, its encoding included); `unheld` queries have an answer that no passage holds, and score 0;
    speed of chunking, encoding and indexing.

    What is ranked is documents (by their best passage) where whole documents are judged, passages where answers have offsets.
    """
    read = collection(data)
    indexed = Indexed(read.documents, options.encoder)
    units, due = judged(read, indexed)
    figures: dict[str, list[list[float]]] = {"dense": [], "lexical": [], "hybrid": []}
    seconds: dict[str, list[float]] = {name: [] for name in figures}
    for query, right in zip(read.queries, due, strict=True):
        for name, (ranking, taken) in _rankings(indexed, query).items():
            figures[name].append(_figures(units[ranking], right))
            seconds[name].append(taken)
    metrics = {"queries": count(len(due)), "unheld": count(sum(not right for right in due))} | indexed.metrics
    for name, rows in figures.items():
        metrics |= under(name, _averages(rows) | _latency(seconds[name]))
    return Outcome(metrics, indexed.systems)


def judged(read: Collection, indexed: Indexed) -> tuple[Positions, list[Due]]:
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


def _rankings(indexed: Indexed, query: str) -> dict[str, tuple[Positions, float]]:
    """Positions and seconds of each way to search."""
    began = time.perf_counter()
    dense = indexed.dense(query, None)
    nearest = time.perf_counter()
    lexical = indexed.lexical(query, None)
    worded = time.perf_counter()
    hybrid = indexed.hybrid(lexical, dense)
    fused = time.perf_counter()
    return {"dense": (dense, nearest - began), "lexical": (lexical, worded - nearest), "hybrid": (hybrid, fused - began)}


def _figures(ranked: Positions, due: Due) -> list[float]:
    """nDCG@10, recall@10, recall@100 and reciprocal rank of one ranking of units, in which only the first of a unit counts."""
    units = list(dict.fromkeys(ranked.tolist()))[:100]
    gains, right = [due.get(unit, 0.0) for unit in units], list(due.values())
    return [ndcg(gains, right, 10), recall(gains, right, 10), recall(gains, right, 100), reciprocal_rank(gains)]


def _averages(rows: list[list[float]]) -> Metrics:
    return {name: share(column) for name, column in zip(_FIGURES, np.array(rows).T, strict=True)} if rows else {}


def _latency(seconds: list[float]) -> Metrics:
    return {f"latency.p{part}_ms": count(1e3 * float(np.percentile(seconds, part))) for part in (50, 95)} if seconds else {}
