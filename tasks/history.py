"""Snapshots that are kept, and what differs between two of them."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from muniment.schemas.chunk import PROMOTED
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks import drift
from muniment.tasks.corpus import required, target
from muniment.tasks.derive import frame


class Kept(Record):
    """One kept snapshot. `refs` that show it now; `promoted` is the first time a ref did."""

    id: str
    revision: int
    documents: int
    sources: tuple[str, ...]
    refs: tuple[str, ...]
    promoted: datetime | None
    index: str


class Difference(Record):
    """Documents added, removed and changed from one snapshot to another; how they are spread over sources, licences, lengths, …, and how
    far that moved; and what the policy says otherwise."""

    before: str
    after: str
    added: int
    removed: int
    changed: int
    shares: dict[str, dict[str, tuple[int, int]]]  # dimension → value → documents before, after
    shifts: dict[str, drift.Shift]  # dimension → how far it moved
    settings: tuple[drift.Setting, ...]  # filters and thresholds that are not the same


def snapshots(uri: str) -> list[Kept]:
    """Every kept snapshot, the one promoted last first."""
    root = open_root(uri)
    shown = {name: target(root, name)[0] for name in root.refs.names() if "/" not in name}
    query = "SELECT id, min(time) AS at FROM links JOIN entries USING (sequence) WHERE type = 'snapshot' AND role = 'output' GROUP BY id"
    times = {row["id"]: row["at"] for row in root.lineage.sql(query).to_pylist()}
    kept = [
        Kept(
            id=each.id,
            revision=each.revision,
            documents=int(each.statistics["documents"]),
            sources=tuple(part.source for part in each.parts),
            refs=tuple(sorted(name for name, held in shown.items() if held and held.snapshot == each.id)),
            promoted=times.get(each.id),
            index=next((held.index for held in shown.values() if held and held.snapshot == each.id), ""),
        )
        for each in root.manifests.all("snapshots", Snapshot)
    ]
    return sorted(kept, key=lambda each: (each.promoted is not None, each.promoted), reverse=True)


def diff(uri: str, before: str, after: str) -> Difference:
    """What differs between two snapshots or refs; raises `NotFound`."""
    root = open_root(uri)
    first, second = required(root, before), required(root, after)
    old, new = _documents(root, first), _documents(root, second)
    both = old.join(new, on="doc_id", suffix="_after")
    counted = drift.counts(root, first.shards()), drift.counts(root, second.shards())
    return Difference(
        before=before,
        after=after,
        added=new.join(old, on="doc_id", how="anti").height,
        removed=old.join(new, on="doc_id", how="anti").height,
        changed=both.filter(pl.col("text_hash") != pl.col("text_hash_after")).height,
        shares={name: _shares(*(each[name] for each in counted)) for name in drift.DIMENSIONS},
        shifts=drift.shifts(*counted),
        settings=drift.settings(root, first, second),
    )


def _documents(root: Root, snapshot: Snapshot) -> pl.DataFrame:
    return frame(root.lake.read_all(snapshot.shards(), PROMOTED, ["doc_id", "text_hash"]))


def _shares(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    return {value: (old.get(value, 0), new.get(value, 0)) for value in sorted(old.keys() | new.keys())}
