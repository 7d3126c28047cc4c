"""Where answers stand in an index: which passages hold them, whether who asks may read them, and why a document is not there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.access import Mask
from muniment.core.redaction.offsets import Splice, to_captured, to_redacted
from muniment.core.relevance import Right, State
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.evidence import TWIN
from muniment.schemas.principal import Principal
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root
from muniment.tasks.access.readable import Opened, readable
from muniment.tasks.erasure.withheld import Unserved, unserved
from muniment.tasks.judge import standing


class _Span(NamedTuple):
    """A passage: where it starts in the promoted text, and its bounds in the captured one."""

    citation: str
    start: int
    first: int
    last: int


class Places:
    """The papers of an index, and of what it holds the passages that answer."""

    def __init__(self, root: Root, opened: Opened, judged: pl.DataFrame, ref: str) -> None:
        """judged: rows of `RELEVANT`."""
        self._root, self._opened, self._judged, self._ref = root, opened, judged, ref
        self.papers: pa.Table = opened.papers

    @cached_property
    def source_of(self) -> dict[str, str]:
        """Source of each document that the index holds."""
        return dict(zip(self.papers["doc_id"].to_pylist(), self.papers["source_id"].to_pylist(), strict=True))

    @cached_property
    def rights(self) -> dict[str, list[Right]]:
        """By query, what answers it."""
        found = defaultdict[str, list[Right]](list)
        for row in self._judged.iter_rows(named=True):
            span = None if row["start"] is None else (row["start"], row["end"])
            holding = self._holding(row["doc_id"], *span) if span else None
            found[row["query_id"]].append(Right(row["doc_id"], row["gain"], holding, span))
        return dict(found)

    def readable(self, asking: Principal) -> tuple[float, frozenset[str]]:
        """The share of the passages that somebody may read now, and the judged documents among them."""
        mask = readable(self._root, self._opened, asking, self._ref)
        judged = self.papers["doc_id"].filter(pa.array(mask & self._are_judged))
        return float(mask.mean()) if len(mask) else 0.0, frozenset(judged.to_pylist())

    def state(self, doc_id: str, readable: frozenset[str]) -> State:
        """What the index has of a document for whoever may read these."""
        away = self._unserved
        served = doc_id not in away.documents and self.source_of.get(doc_id) not in away.sources
        return State(held=doc_id in self.source_of, served=served, allowed=doc_id in readable)

    def why_absent(self, doc_ids: Iterable[str]) -> dict[str, str]:
        """Why documents are not in the index, as far as the judgements that stand tell: `duplicate`, the action of their verdict, or
        `not captured`; `not indexed` for what was promoted since."""
        wanted = {*doc_ids}
        found = dict.fromkeys(wanted, "not captured")
        for judgement in standing(self._root) if wanted else ():
            for row in self._rows([each.verdicts for each in judgement.shards], VERDICT, ["doc_id", "action"], wanted):
                found[row["doc_id"]] = "not indexed" if row["action"] in ("accept", "redact", "known-risk") else str(row["action"])
            twins = [judgement.twins] if judgement.twins else []
            for row in self._rows(twins, TWIN, ["doc_id", "spared"], wanted):
                if row["spared"] is None and found[row["doc_id"]] == "reject":
                    found[row["doc_id"]] = "duplicate"
        return found

    @cached_property
    def _unserved(self) -> Unserved:
        return unserved(self._root)

    @cached_property
    def _relevant(self) -> pa.Table:
        """Papers of the passages of judged documents."""
        return self.papers.filter(pa.array(self._are_judged))

    @cached_property
    def _are_judged(self) -> Mask:
        mask: Mask = pc.is_in(self.papers["doc_id"], value_set=self._doc_ids).to_numpy()
        return mask

    @cached_property
    def _doc_ids(self) -> pa.Array:
        return pa.array(self._judged["doc_id"].unique().sort().to_list(), pa.string())

    @cached_property
    def spans(self) -> dict[str, list[_Span]]:
        """By judged document, its passages."""
        found = defaultdict[str, list[_Span]](list)
        for row in self._relevant.select(["doc_id", "chunk_id", "start", "end"]).to_pylist():
            captured = to_captured(self._splices.get(row["doc_id"], []), row["start"], row["end"])
            found[row["doc_id"]].append(_Span(row["chunk_id"], row["start"], *captured))
        return dict(found)

    @cached_property
    def _splices(self) -> dict[str, list[Splice]]:
        snapshot = self._root.manifests.get("snapshots", self._opened.index.snapshot, Snapshot)
        return {
            row["doc_id"]: [Splice(**each) for each in row["splices"]]
            for shard in snapshot.shards()
            for table in self._root.lake.about(shard, PROMOTED, self._doc_ids, ["doc_id", "splices"])
            for row in table.to_pylist()
            if row["splices"]
        }

    def answer(self, right: Right, citation: str, text: str) -> str:
        """The part of a passage that is the answer, as promoted; empty where whole documents are judged."""
        if right.span is None:
            return ""
        first, last = to_redacted(self._splices.get(right.doc_id, []), *right.span)
        start = next(each.start for each in self.spans[right.doc_id] if each.citation == citation)
        return text[max(0, first - start) : max(0, last - start)]

    def _holding(self, doc_id: str, start: int, end: int) -> frozenset[str]:
        """The passages that hold at least half of an answer."""
        return frozenset(
            each.citation
            for each in self.spans.get(doc_id, ())
            if 2 * (min(end, each.last) - max(start, each.first)) >= end - start
        )

    def _rows(self, stored: list[Stored], schema: pa.Schema, columns: list[str], wanted: set[str]) -> Iterator[dict[str, Any]]:
        ids = pa.array(sorted(wanted), pa.string())
        for each in stored:
            for table in self._root.lake.about(each, schema, ids, columns):
                yield from table.to_pylist()


def spans_of(root: Root, opened: Opened, doc_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Start and end in the captured text of every passage of these documents, by citation."""
    wanted = sorted(doc_ids)
    judged = pl.DataFrame({"doc_id": wanted}, schema={"doc_id": pl.String})
    places = Places(root, opened, judged, "")
    return {each.citation: (each.first, each.last) for spans in places.spans.values() for each in spans}
