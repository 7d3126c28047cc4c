"""A retrieval collection asked of the exact index and of each variant: promoted, built and searched as the product does it.

The collection becomes a snapshot of a root of its own, which is removed afterwards. Its indexes are those of `muniment index build` and
`muniment index build --variant`, opened and searched by the code that answers questions.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from muniment.errors import NotFound
from muniment.evaluate.metrics import Metrics, count, share
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import EXACT, Index
from muniment.schemas.ranking import HYBRID
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.store.root import Root, open_root
from muniment.store.vectors import KINDS
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed
from muniment.tasks.index.variants import build_variant
from muniment.tasks.normalise import SHARD_BYTES
from muniment.tasks.search.open import Opened, open_index
from muniment.tasks.search.rank import DEPTH, Scores, Sides, weighted

ALL = "all"
_REF = "production"


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The kinds that are asked for, `all` for every one; the exact one comes first in any case. Raises `NotFound`."""
    if unknown := sorted(set(names) - {*KINDS, ALL}):
        raise NotFound(f"No variant is called {unknown[0]}.", f"There are {', '.join(KINDS)}, and {ALL}.")
    wanted = KINDS if ALL in names else {EXACT, *names}
    return tuple(name for name in KINDS if name in wanted)


@contextmanager
def built(documents: pa.Table, encoder: str, names: Sequence[str]) -> Iterator[dict[str, tuple[Root, Index]]]:
    """Name → root and index over these documents (schema PROMOTED), inside the block."""
    with tempfile.TemporaryDirectory(prefix="muniment-eval-") as folder:
        root = open_root(str(Path(folder) / "root"))
        _promote(root, documents)
        exact = build_index(root.uri, _REF, embed(root.uri, _REF, encoder), "evaluation")
        yield {name: (root, exact if name == EXACT else build_variant(root.uri, _REF, name, "cpu")) for name in names}


class Asked:
    """What one index finds for each query, by vectors and by both, and what that took."""

    def __init__(self, root: Root, index: Index, queries: Sequence[str]) -> None:
        self.opened: Opened = open_index(root, index)
        self._index = index
        # The planner would ask small segments exactly: what is measured is the file, as the gate does.
        asked = self.opened.vectors.compressed()
        vectors = np.ascontiguousarray(self.opened.encoder.asked(list(queries)), np.float32)
        self.dense, self.hybrid, self._taken = list[np.ndarray](), list[np.ndarray](), list[float]()
        for query, vector in zip(queries, vectors, strict=True):
            began = time.thread_time()
            found = asked.search(vector[None], DEPTH, None)
            self._taken.append(1e3 * (time.thread_time() - began))
            nearest = found[0][0].astype(np.float64), found[1][0]
            self.dense.append(nearest[1])
            self.hybrid.append(weighted(Sides(self._words(query), nearest), HYBRID)[1])

    def _words(self, query: str) -> tuple[Scores, np.ndarray]:
        found = self.opened.words.search(query, DEPTH, None)
        return found.scores / max(found.ideal, np.finfo(np.float64).tiny), found.positions

    @property
    def metrics(self) -> Metrics:
        """`mb` of its files, `held`: the share of passages that lie in them, and CPU milliseconds of a query's search."""
        files = [each for each in self._index.files if each.kind == self._index.variant]
        return {
            "mb": count(sum(each.bytes for each in files) / 1e6),
            "held": count(sum(each.count for each in files) / max(1, self._index.count)),
            **{f"cpu.p{part}_ms": count(float(np.percentile(self._taken, part))) for part in (50, 95) if self._taken},
        }

    def agreement(self, exact: "Asked") -> Metrics:
        """`found`: how many of the ten nearest by the exact index are among its own."""
        pairs = zip(self.dense, exact.dense, strict=True)
        return {"found": share([len({*mine[:10]} & {*due[:10]}) / max(1, min(10, len(due))) for mine, due in pairs])}


def _promote(root: Root, documents: pa.Table) -> None:
    """Let the ref show the documents, cut into objects as promotion cuts them."""
    rows = documents.sort_by("doc_id")
    ends = np.cumsum([len(text.encode()) for text in rows["text"].to_pylist()]) // SHARD_BYTES
    cuts = [0, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), rows.num_rows]
    shards = tuple(root.lake.write(rows.slice(start, end - start), PROMOTED) for start, end in pairwise(cuts))
    part = Part(source="collection", capture="c", judgement="j", decision=Decision.APPROVE, review="r", shards=shards)
    snapshot = Snapshot(
        id=digest(part)[:20],
        parts=(part,),
        policy="0" * 64,
        code="evaluation",
        checks="0" * 64,
        statistics={"documents": float(rows.num_rows)},
    )
    root.manifests.put("snapshots", snapshot)
    root.refs.move(_REF, Target(snapshot=snapshot.id, index="", serial=1), root.refs.read(_REF, Target)[1])
