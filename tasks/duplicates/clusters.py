"""Documents that duplicates search found close, in clusters; and what there is to say about the largest."""

from collections.abc import Sequence

import polars as pl

from muniment.core.components import clusters
from muniment.schemas.capture import Judgement
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import TWIN
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.judge import standing

REMOVED = pl.col("kind").is_not_null() & pl.col("spared").is_null()
_CLUSTERS, _MEMBERS = 10, 5


class Member(Record):
    """A document of a cluster that is close to a kept one."""

    doc_id: str
    source: str
    characters: int
    jaccard: float
    spared: str  # why it is kept all the same; empty when it is removed


class Cluster(Record):
    """Documents that are close to each other, directly or through others. `kept` is the one that most of them are close to."""

    id: str
    documents: int
    kept: str
    source: str  # of the kept document; empty when it stands no more
    removed: int
    kinds: tuple[str, ...]
    jaccard: float  # the least
    preferred: dict[str, int]  # why documents were kept instead of others → others
    members: tuple[Member, ...]  # the least alike first


def twins_of(root: Root, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """All `TWIN` rows with `size`, the documents of their cluster; what several runs found of one cluster has one name."""
    rows = root.lake.read_all([each.twins for each in judgements if each.twins], TWIN)
    named = frame(clusters(rows)).with_columns(size=pl.len().over("cluster"))
    return frame(rows).drop("cluster").join(named, on="doc_id", how="left", maintain_order="left")


def shown_members(twins: pl.DataFrame) -> pl.DataFrame:
    """The rows of a few documents of each of the largest clusters: removed ones before others, the least alike first."""
    largest = twins.select("cluster", "size").unique().sort("size", "cluster", descending=[True, False]).head(_CLUSTERS)
    rows = twins.join(largest.select("cluster"), on="cluster", how="semi")
    first = rows.sort(REMOVED, "jaccard", "doc_id", descending=[True, False, False])
    return (
        first.group_by("cluster", maintain_order=True)
        .head(_MEMBERS)
        .sort("size", "cluster", descending=[True, False], maintain_order=True)
    )


def describe(root: Root, twins: pl.DataFrame, members: pl.DataFrame) -> tuple[Cluster, ...]:
    """Clusters by falling size. members: as `shown_members` gives them, with `source` and `characters`."""
    rows = {name: twins.filter(pl.col("cluster") == name) for name in members["cluster"].unique(maintain_order=True)}
    kept = {name: _most(each["canonical_id"]) for name, each in rows.items()}
    sources = _sources(root, pl.Series([*kept.values()], dtype=pl.String))
    return tuple(
        _cluster(name, each, kept[name], sources.get(kept[name], ""), members.filter(pl.col("cluster") == name))
        for name, each in rows.items()
    )


def _cluster(name: str, rows: pl.DataFrame, kept: str, source: str, members: pl.DataFrame) -> Cluster:
    removed = rows.filter(REMOVED)
    reasons = (removed if removed.height else rows)["preferred"].value_counts(sort=True)
    return Cluster(
        id=name,
        documents=rows["size"][0],
        kept=kept,
        source=source,
        removed=removed.height,
        kinds=tuple(rows["kind"].unique().sort()),
        jaccard=rows["jaccard"].min(),  # type: ignore[arg-type]
        preferred=dict(reasons.rows()),
        members=tuple(
            Member(**row)
            for row in members.select("doc_id", "source", "characters", "jaccard", pl.col("spared").fill_null("")).to_dicts()
        ),
    )


def _most(values: pl.Series) -> str:
    """The most frequent value, the smallest of several."""
    return str(values.value_counts().sort("count", values.name, descending=[True, False])[values.name][0])


def _sources(root: Root, doc_ids: pl.Series) -> dict[str, str]:
    """Where documents come from, those of other sources than were asked about too."""
    found = (
        (judgement.source, frame(root.lake.read(each.shard, DOCUMENT, ["doc_id"])))
        for judgement in standing(root)
        for each in judgement.shards
    )
    wanted = doc_ids.implode()
    return {doc_id: source for source, held in found for doc_id in held.filter(pl.col("doc_id").is_in(wanted))["doc_id"]}
