"""Leader clustering (Hartigan 1975): documents are visited in order of preference; one that is close enough to a leader becomes its
twin, any other becomes a leader itself.

So nobody is removed for the sake of a document that is itself removed, and nobody's twin is one it is not measurably close to:
connected components, the usual alternative, chain documents that share nothing.
"""

import polars as pl
import pyarrow as pa

from muniment.core.tokens import runs
from muniment.core.twins.sketch import LABEL
from muniment.schemas.evidence import TWIN

LEVEL = 0.8  # Jaccard from which leadership is decided
_REASONS = (("authority", "authority"), ("modified", "freshness"), ("length", "length"))


def lead(pairs: pa.Table, documents: pa.Table, level: float = LEVEL) -> pa.Table:
    """`TWIN` rows, at most one a document: its leader, exact Jaccard and why the leader was preferred; sorted by document.

    `pairs` come from `verify`; `documents` has (doc_id, authority, modified, length) of every document in them. Preference is
    authority, then freshness, then length (larger first, unknown last), then the smaller id. `level` is where leadership is
    decided, not what is done about a twin: a policy may act from any Jaccard at or above it, and since no leader is ever a twin, what
    it removes always has a kept canonical. To act from a lower one, lead again at that level: the pairs are already measured.
    """
    order = _preference(documents)
    measured = pl.DataFrame(pairs).filter(pl.col("jaccard") >= level)
    order = _exact_groups(measured.filter(pl.col("kind") == "exact"), order)
    chosen = _elect(_edges(measured.filter(pl.col("kind") == "near"), order))
    return _twins(order, chosen)


def _preference(documents: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(documents.select(["doc_id", "authority", "modified", "length"]))
    frame = frame.sort("authority", "modified", "length", "doc_id", descending=[True, True, True, False], nulls_last=True)
    return frame.with_row_index("rank").with_columns(pl.col("rank").cast(pl.Int64))


def _exact_groups(exact: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    """`order` with the rank of the best document of each document's exact group, its own where it is alone.

    The members of an exact group have the same shingles, so a near pair of one of them holds for the best of them.
    """
    group = pl.coalesce("a", "doc_id")
    grouped = order.join(exact.select("a", doc_id="b"), on="doc_id", how="left", maintain_order="left")
    return grouped.with_columns(best=pl.col("rank").min().over(group)).drop("a")


def _edges(near: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    """Near pairs between the best of exact groups as ranks (low, high, jaccard, estimate), sorted: low is preferred to high."""
    best = order.select("doc_id", "best")
    joined = near.join(best, left_on="a", right_on="doc_id").join(best, left_on="b", right_on="doc_id", suffix="_b")
    low, high = pl.min_horizontal("best", "best_b"), pl.max_horizontal("best", "best_b")
    return joined.select(low.alias("low"), high.alias("high"), "jaccard", "estimate").sort("high", "low")


def _elect(edges: pl.DataFrame) -> pl.DataFrame:
    """Of each document that is near a leader, the edge to its closest one (the more preferred of equally close ones)."""
    high, low, jaccard = (edges[name].to_numpy() for name in ("high", "low", "jaccard"))
    twins: set[int] = set()
    rows = []
    for first, last in runs(high):
        led = [row for row in range(first, last) if int(low[row]) not in twins]
        if led:
            rows.append(max(led, key=lambda row: (jaccard[row], -low[row])))
            twins.add(int(high[first]))
    return edges[rows].rename({"low": "leader", "high": "best"})


def _twins(order: pl.DataFrame, chosen: pl.DataFrame) -> pa.Table:
    table = order.join(chosen, on="best", how="left").with_columns(
        kind=pl.when(pl.col("leader").is_null()).then(pl.lit("exact")).otherwise(pl.lit("near"))
    )
    table = table.with_columns(pl.coalesce("leader", "best").alias("leader")).filter(pl.col("rank") != pl.col("leader"))
    table = table.join(order.select(pl.all().exclude("best").name.suffix("_leader")), left_on="leader", right_on="rank_leader")
    reasons = [pl.when(pl.col(key).ne_missing(pl.col(f"{key}_leader"))).then(pl.lit(why)) for key, why in _REASONS]
    return (
        table.select(
            "doc_id",
            pl.lit(LABEL).alias("detector"),
            pl.col("doc_id_leader").alias("canonical_id"),
            "kind",
            pl.col("jaccard", "estimate").fill_null(1.0).cast(pl.Float32),
            pl.col("doc_id_leader").alias("cluster"),
            pl.coalesce(*reasons, pl.lit("identifier")).alias("preferred"),
        )
        .sort("doc_id")
        .to_arrow()
        .cast(TWIN)
    )
