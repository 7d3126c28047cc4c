"""Split the promoted documents into parts for training and evaluation, so that no near duplicate is in two of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from muniment.core.components import clusters
from muniment.core.splits import split as assign
from muniment.errors import InvalidRecord
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.evidence import TWIN
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.store.tables import read_records
from muniment.tasks.corpus import required
from muniment.tasks.derive import frame
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.judge import standing

Group = Literal["source_id", "project", "owner", "tenant"]


class Realised(Record):
    """One part: the share asked for, and what it got."""

    part: str
    asked: float
    share: float
    documents: int
    clusters: int  # of at least two documents


class Split(Record):
    """What a split came to. `moved` counts documents that an earlier split had in another part."""

    snapshot: str
    seed: str
    by: str
    documents: int
    largest: int  # documents of the largest cluster
    moved: int
    parts: tuple[Realised, ...]


def split(
    uri: str,
    ref: str,
    shares: Mapping[str, float],
    out: Path,
    by: Group | None = None,
    seed: str = "muniment",
    earlier: Path | None = None,
) -> Split:
    """Split what a ref or snapshot shows, and write doc_id, part, cluster to the Parquet file `out`.

    Documents that duplicates search found close stay together: removed for each other or spared, directly or through others, and
    within a source or across. So do those with the same value of `by`. `earlier` is such a file of a split made before, whose
    documents stay where they are. How shares are met and what is promised: `core.splits`.
    Raises `NotFound`, `InvalidRecord` when `earlier` is no such file, and `ValueError` for shares that do not sum to 1.
    """
    root = open_root(uri)
    snapshot = required(root, ref)
    documents = _documents(root, snapshot, by)
    before = _earlier(earlier)
    made = frame(assign(documents.to_arrow(), shares, seed, before.to_arrow() if before is not None else None))
    assigned = made.with_columns(documents["cluster"])
    assigned.write_parquet(out, metadata={"snapshot": snapshot.id, "seed": seed, "by": by or ""})
    return Split(
        snapshot=snapshot.id,
        seed=seed,
        by=by or "",
        documents=assigned.height,
        largest=int(assigned.group_by("cluster").len()["len"].max() or 0),  # type: ignore[arg-type]
        moved=made.join(before, on="doc_id").filter(pl.col("part") != pl.col("part_right")).height if before is not None else 0,
        parts=tuple(_realised(assigned, name, asked) for name, asked in shares.items()),
    )


def _documents(root: Root, snapshot: Snapshot, by: Group | None) -> pl.DataFrame:
    """doc_id, cluster, and group when one is asked for, of all promoted documents, by doc_id."""
    shards = [shard for part in snapshot.parts for shard in part.shards]
    names = list(dict.fromkeys(["doc_id", "source_id", *([by] if by else [])]))
    kept = unserved(root).out_of(root.lake.read_all(shards, PROMOTED, names))
    promoted = frame(kept).select("doc_id", *([by] if by else [])).sort("doc_id")
    found = promoted.join(_clusters(root, snapshot), on="doc_id", how="left", maintain_order="left")
    return found.with_columns(pl.col("cluster").fill_null(pl.col("doc_id"))).rename({by: "group"} if by else {})


def _clusters(root: Root, snapshot: Snapshot) -> pl.DataFrame:
    """doc_id, cluster, by the judgements that stand and those that the snapshot was made from."""
    promoted = [root.manifests.get("judgements", part.judgement, Judgement) for part in snapshot.parts]
    objects = {each.twins.digest: each.twins for each in [*standing(root), *promoted] if each.twins}
    return frame(clusters(root.lake.read_all([*objects.values()], TWIN, ["doc_id", "canonical_id", "cluster"])))


def _earlier(path: Path | None) -> pl.DataFrame | None:
    if path is None:
        return None
    table = read_records(path)
    if not {"doc_id", "part"} <= {*table.columns}:
        raise InvalidRecord("MALFORMED", f"{path.name} is no split.", "Give a file with the columns doc_id and part.")
    return table.select("doc_id", "part")


def _realised(assigned: pl.DataFrame, part: str, asked: float) -> Realised:
    sizes = assigned.filter(pl.col("part") == part).group_by("cluster").len()["len"]
    documents = int(sizes.sum())
    return Realised(
        part=part, asked=asked, share=documents / max(assigned.height, 1), documents=documents, clusters=int((sizes > 1).sum())
    )
