"""Two indexes side by side on the same queries, slice by slice, before one takes the place of the other."""

import numpy as np
import pyarrow as pa

from muniment.core.gating import correlation
from muniment.core.metrics.rankings import ndcg
from muniment.errors import Stop
from muniment.schemas.chunk import CHUNK
from muniment.schemas.gate import Comparison, Difference
from muniment.schemas.index import Index
from muniment.store.root import Root, open_root
from muniment.tasks.index import shadow
from muniment.tasks.index.opening import opened
from muniment.tasks.index.questions import Query, queries
from muniment.tasks.queries.stored import judgements
from muniment.tasks.step import step

_MOST = 400


@step
def compare_indexes(uri: str, first: str, second: str, name: str = "") -> Comparison:
    """How two indexes answer the same queries; raises `NotFound`, `Corrupt`, and `Stop` when they are not of the same passages."""
    root = open_root(uri)
    one, other = (root.manifests.get("indexes", each, Index) for each in (first, second))
    asked, origin = queries(root, one, name, _MOST)
    sides = [_answers(root, each, asked) for each in (one, other)]
    citations = [root.lake.read_all(each.chunks, CHUNK, ["chunk_id"])["chunk_id"] for each in (one, other)]
    if not citations[0].equals(citations[1]):
        raise Stop("These indexes are not of the same passages.", "Compare indexes of one snapshot: `muniment index list`.")
    labelled = _labelled(root, name, asked, citations[0], [side.positions for side in sides]) if origin == "stored" else {}
    overlap = np.array(
        [len(set(a) & set(b)) / max(1, len(a)) for a, b in zip(*(side.positions.tolist() for side in sides), strict=True)]
    )
    alike = np.array([correlation(a, b) for a, b in zip(*(side.positions for side in sides), strict=True)])
    members = {"all": np.ones(len(asked), bool)} | shadow.members(root, one, asked, sides[0].positions[:, 0])
    p50, p95 = ([round(float(np.percentile(side.milliseconds, part)), 3) for side in sides] for part in (50, 95))
    return Comparison(
        first=one.id,
        second=other.id,
        queries=origin,
        asked=len(asked),
        differences=tuple(_difference(slice_, rows, overlap, alike, labelled) for slice_, rows in sorted(members.items())),
        p50=(p50[0], p50[1]),
        p95=(p95[0], p95[1]),
    )


def _answers(root: Root, index: Index, asked: list[Query]) -> shadow.Answers:
    vectors = root.encoders.open(index.encoder, index.encoder_digest).asked([each.text for each in asked])
    return shadow.ask(opened(root, index), np.ascontiguousarray(vectors, np.float32), None)


def _difference(
    name: str, rows: np.ndarray, overlap: np.ndarray, alike: np.ndarray, labelled: dict[int, tuple[float, float]]
) -> Difference:
    judged = [labelled[number] for number in np.flatnonzero(rows).tolist() if number in labelled]
    both = tuple(round(float(np.mean(column)), 4) for column in zip(*judged, strict=True)) if judged else None
    return Difference(
        slice=name,
        queries=int(rows.sum()),
        overlap=round(float(overlap[rows].mean()), 4),
        correlation=round(float(alike[rows].mean()), 4),
        ndcg=(both[0], both[1]) if both else None,
    )


def _labelled(
    root: Root, name: str, asked: list[Query], citations: pa.ChunkedArray, positions: list[np.ndarray]
) -> dict[int, tuple[float, float]]:
    """nDCG@10 over documents, of both, for the queries that say which documents answer them."""
    gains: dict[str, dict[str, float]] = {}
    for row in judgements(root, name).to_dicts():
        gains.setdefault(row["query_id"], {})[row["doc_id"]] = row["gain"]
    found: dict[int, tuple[float, float]] = {}
    for number, query in enumerate(asked):
        if due := gains.get(query.id):
            both = [_ndcg(citations.take(pa.array(side[number])).to_pylist(), due) for side in positions]
            found[number] = (both[0], both[1])
    return found


def _ndcg(citations: list[str], due: dict[str, float]) -> float:
    documents = dict.fromkeys(each.partition(":")[0] for each in citations)
    return ndcg([due.get(each, 0.0) for each in documents], list(due.values()), shadow.K)
