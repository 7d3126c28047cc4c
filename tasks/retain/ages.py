"""How long a document has been here: when the earliest capture that held it was completed."""

from datetime import datetime
from hashlib import sha256

import polars as pl
from polars._typing import SchemaDict

from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.derive import frame

AGE: SchemaDict = {"doc_id": pl.String, "source_id": pl.String, "seen": pl.Datetime("us", "UTC")}
_KEPT: SchemaDict = {"name": pl.String, "seen": pl.Datetime("us", "UTC")}
# Captures hold no time, the ledger does. One that came again (the source went back to an earlier state) is as old as its first time.
_TIMES = (
    "SELECT l.id AS capture, min(e.time) AS seen FROM entries e JOIN links l USING (sequence) "
    "WHERE e.kind IN ('capture.completed', 'capture.unchanged') AND l.role = 'output' AND l.type = 'capture' GROUP BY l.id"
)


def first_seen(root: Root, source: str = "") -> pl.DataFrame:
    """doc_id, source_id and seen (UTC) of every document in a kept capture, of one source or of all.

    What the earliest kept capture says, or what was kept of captures that retention removed, whichever is earlier.
    """
    held = pl.concat([pl.DataFrame(schema=AGE), *(_held(root, name) for name in sources(root) if source in ("", name))])
    return held.sort("source_id", "doc_id")


def sources(root: Root) -> list[str]:
    """Sources of which a capture is kept."""
    return sorted({name.partition("/")[0] for name in root.manifests.ids("captures")})


def captured(root: Root) -> dict[str, datetime]:
    """When each capture was first completed, by its id; those that no ledger entry speaks of have no time yet."""
    return {row["capture"]: row["seen"] for row in root.lineage.sql(_TIMES).to_pylist()}


def keep(root: Root, source: str) -> None:
    """Remember since when a source's documents are here, before captures that say so are removed.

    By digests of their ids, so that an erasure has nothing to rewrite here; what is in no capture any more is not carried on.
    """
    ages = _held(root, source)
    table = ages.select(name=_names(ages["doc_id"]), seen="seen").sort("name")
    payload = table.write_ipc(None, compression="zstd").getvalue()
    earlier = list(root.objects.list(f"ages/{source}/"))
    key = f"ages/{source}/{sha256(payload).hexdigest()}.arrow"
    root.objects.put(key, payload)
    for each in earlier:
        if each != key:
            root.objects.delete(each)


def _held(root: Root, source: str) -> pl.DataFrame:
    since = captured(root)
    shards: dict[str, tuple[Stored, datetime]] = {}
    for capture in _captures(root, source):
        if seen := since.get(capture.id):
            for shard in capture.shards:
                known = shards.get(shard.digest)
                shards[shard.digest] = (shard, min(seen, known[1]) if known else seen)
    found = [
        frame(root.lake.read(shard, DOCUMENT, ["doc_id"])).with_columns(pl.lit(source).alias("source_id"), _moment(seen))
        for shard, seen in shards.values()
    ]
    ages = pl.concat([pl.DataFrame(schema=AGE), *found]).group_by("doc_id", "source_id").agg(pl.col("seen").min())
    return _remembered(root, source, ages)


def _captures(root: Root, source: str) -> list[Capture]:
    return list(root.manifests.all(f"captures/{source}", Capture))


def _moment(seen: datetime) -> pl.Expr:
    return pl.lit(seen).cast(pl.Datetime("us", "UTC")).alias("seen")


def _remembered(root: Root, source: str, ages: pl.DataFrame) -> pl.DataFrame:
    """The ages with those that were kept of removed captures, where they are earlier."""
    kept = [pl.read_ipc(root.objects.read(key)) for key in root.objects.list(f"ages/{source}/")]
    if not kept:
        return ages
    earlier = pl.concat([pl.DataFrame(schema=_KEPT), *kept]).group_by("name").agg(before=pl.col("seen").min())
    joined = ages.with_columns(name=_names(ages["doc_id"])).join(earlier, on="name", how="left")
    return joined.select("doc_id", "source_id", seen=pl.min_horizontal("seen", "before"))


def _names(doc_ids: pl.Series) -> pl.Series:
    return pl.Series([sha256(each.encode()).hexdigest()[:32] for each in doc_ids], dtype=pl.String)
