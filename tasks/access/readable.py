"""Which passages of an opened index somebody may read now: by their papers, by what was changed since, and by what is withheld."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.access import READS, Access, Coded, Mask, coded
from muniment.core.standing import standing
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.snapshot import Snapshot
from muniment.store.root import Root, open_root
from muniment.tasks.access.changes import Changed, changed
from muniment.tasks.corpus import target
from muniment.tasks.erasure.withheld import Unserved, unserved

NEEDS = ["doc_id", "source_id", *READS]
_NOBODY = Access(None, None, frozenset())
_KEPT = 8  # opened indexes for which it is kept what decides


class Opened(Protocol):
    """An index opened for search: rows of `papers`, with the columns `NEEDS`, are its positions."""

    @property
    def index(self) -> Index:
        """Its manifest."""

    @property
    def papers(self) -> pa.Table:
        """What travels with its passages."""


class Version(NamedTuple):
    """What a mask follows from, beside the index and the principal. One that was made under another version must not be used."""

    snapshot: str  # that the ref shows
    revision: int
    changes: int
    away: Unserved


class Standing(NamedTuple):
    """What decides who may read the rows of an opened index now."""

    version: Version
    papers: pa.Table
    promoted: Coded
    rows: Coded
    current: Coded | None  # of the same documents in what the ref shows, where that is another snapshot
    served: Mask | None  # None: all of them

    def readable(self, asking: Principal) -> Mask:
        """Mask (n,) of the rows that this principal may read."""
        mask = self.rows.allowed(asking)
        if self.current is not None:
            mask &= self.current.allowed(asking)
        return mask if self.served is None else mask & self.served


def readable(root: Root, opened: Opened, asking: Principal, ref: str = "production") -> Mask:
    """Mask (n,) of the positions that a principal may read now."""
    return standing_of(root, opened, ref).readable(asking)


def version(root: Root, ref: str = "production") -> Version:
    """The version of now: three small reads."""
    held, _ = target(root, ref)
    snapshot = root.manifests.get("snapshots", held.snapshot, Snapshot) if held else None
    return Version(snapshot.id if snapshot else "", snapshot.revision if snapshot else 0, changed(root).number, unserved(root))


def standing_of(root: Root, opened: Opened, ref: str = "production") -> Standing:
    """What decides now, made anew when something of it was changed."""
    now, index = version(root, ref), opened.index
    key = (root.uri, ref, index.id, index.revision, tuple(each.chunks.digest for each in index.segments))
    held = _standing.get(key)
    if held is None or held.version != now or held.papers is not opened.papers:
        promoted = held.promoted if held and held.papers is opened.papers else coded(opened.papers.select(NEEDS))
        held = _standing[key] = _made(root, opened, promoted, now)
        for oldest in list(_standing)[:-_KEPT]:
            _standing.pop(oldest, None)
    return held


_standing: dict[Hashable, Standing] = {}


def checking(root: Root, opened: Opened, asking: Principal, ref: str = "production") -> Callable[[int], bool]:
    """Says of positions whether a principal may read them now: by the rule, row by row, and not by what was kept for masks. What holds
    is read once more, when this is called."""
    now, changes, papers = version(root, ref), changed(root), opened.papers.select(NEEDS)

    def may_read(position: int) -> bool:
        row = papers.slice(position, 1)
        if now.away and now.away.among(row)[0].as_py():
            return False
        decided = row.to_pylist()
        if now.snapshot != opened.index.snapshot:
            promoted = _promoted(root, now, decided[0]["source_id"], decided[0]["doc_id"]).to_pylist()
            decided.append(promoted[0] if promoted else None)
        return all(each is not None and _seen(each, changes, asking) for each in decided)

    return may_read


def _seen(row: dict[str, Any], changes: Changed, asking: Principal) -> bool:
    promoted = Access(row["tenant"], row["classification"], frozenset(row["acl"] or ()) - {None}, row["source_id"])
    return standing(promoted, changes.about(row["source_id"], row["doc_id"])).seen_by(asking)


def _made(root: Root, opened: Opened, promoted: Coded, now: Version) -> Standing:
    papers, changes = opened.papers, changed(root)
    current = None
    if now.snapshot and now.snapshot != opened.index.snapshot:
        ids, rows, table = _current(root.uri, now.snapshot, now.revision)
        rows = laid_over(rows, table, changes)
        places = pc.index_in(papers["doc_id"], value_set=ids).fill_null(-1).to_numpy()
        current = Coded((*rows.distinct, _NOBODY), np.append(rows.codes, np.int32(len(rows.distinct)))[places])
    served = ~now.away.among(papers).to_numpy().astype(bool) if now.away else None
    return Standing(now, papers, promoted, laid_over(promoted, papers, changes), current, served)


@lru_cache(maxsize=2)
def _current(uri: str, snapshot: str, revision: int) -> tuple[pa.Array, Coded, pa.Table]:
    """Ids of the documents of a snapshot, and what it says about who may read them."""
    root = open_root(uri)
    shown = root.manifests.get("snapshots", snapshot, Snapshot, revision)
    table = root.lake.read_all([shard for part in shown.parts for shard in part.shards], PROMOTED, NEEDS)
    return table["doc_id"].combine_chunks(), coded(table), table


def _promoted(root: Root, now: Version, source: str, doc_id: str) -> pa.Table:
    """What the ref shows of one document."""
    shown = root.manifests.get("snapshots", now.snapshot, Snapshot, now.revision)
    shards = [shard for part in shown.parts if part.source == source for shard in part.shards]
    return pa.concat_tables(
        [PROMOTED.empty_table().select(NEEDS), *(root.lake.find(each, PROMOTED, doc_id, NEEDS) for each in shards)]
    )


def laid_over(rows: Coded, table: pa.Table, changes: Changed) -> Coded:
    """The rows with what was changed laid over: of a source once a combination, of a document row by row."""
    if not changes:
        return rows
    named = pa.array(sorted(changes.documents), pa.string())
    places = np.flatnonzero(pc.is_in(table["doc_id"], value_set=named).to_numpy())
    doc_ids = table["doc_id"].take(pa.array(places)).to_pylist()
    of_documents = [
        standing(rows.distinct[code], changes.about(rows.distinct[code].source, doc_id))
        for code, doc_id in zip(rows.codes[places], doc_ids, strict=True)
    ]
    return rows.replaced(places, of_documents, lambda each: standing(each, changes.about(each.source)))
