"""The attribution manifest of a snapshot: every document with its licence, and who is to be named (LIC-5).

It names people, as the law asks. It is written to a file for publication and kept nowhere else: neither in the ledger nor in a log.
"""

from collections.abc import Iterator
from itertools import chain

import polars as pl

from muniment.core.rights.attribution import CREDIT, PAPER, Group, credits, groups
from muniment.core.rights.readings import all_names
from muniment.errors import NotFound
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.snapshot import Part, Snapshot
from muniment.store.licence_names import licence_names
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.duplicates.buckets import Buckets
from muniment.tasks.step import report

_COLUMNS = ["project", "native_key", "title", "doc_id", "licence", "redactions", "text"]


def attributions(root: Root, snapshot: Snapshot, without: tuple[str, ...] = ()) -> Iterator[tuple[str, Group]]:
    """(source, group) of every document of a snapshot, source by source.

    One row group of texts is in memory at a time, and of what they say that of about 100,000 documents: a larger source comes in
    several runs by project.
    """
    for part in snapshot.parts:
        with Buckets(CREDIT, sum(shard.rows for shard in part.kept(without))) as buckets:
            together = pl.coalesce("project", "doc_id").hash(0) % buckets.count
            for rows in chain(_promoted(root, part, without), _papers(root, part)):
                buckets.add(rows, together)
            for bucket in buckets.read():
                for group in groups(bucket):
                    yield part.source, group


def names(root: Root, snapshot: Snapshot, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Full names of the licences that a snapshot's documents are under."""
    expressions = {
        expression
        for shard in snapshot.shards(without)
        for expression in frame(root.lake.read(shard, PROMOTED, ["licence"]))["licence"].unique()
    }
    return licence_names(sorted(all_names(expressions)))


def _promoted(root: Root, part: Part, without: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    shards = part.kept(without)
    for done, shard in enumerate(shards, start=1):
        for batch in root.lake.batches(shard, PROMOTED, _COLUMNS):
            yield credits(frame(batch), listed=True)
        report(f"attribution {part.source}", done, len(shards))


def _papers(root: Root, part: Part) -> Iterator[pl.DataFrame]:
    """Licence files and notices of the source's projects as they were captured: duplicates of each other mostly, so few are promoted, and
    the lines in which they differ are the ones that name somebody."""
    try:
        judged = root.manifests.get("judgements", part.judgement, Judgement).shards
    except NotFound:
        return
    for shard in (each.shard for each in judged if root.lake.exists(each.shard)):
        keys = frame(root.lake.read(shard, DOCUMENT, ["doc_id", "native_key", "project"]))
        papers = keys.filter(pl.col("native_key").str.contains(PAPER) & pl.col("project").is_not_null())["doc_id"]
        for batch in root.lake.about(shard, DOCUMENT, papers.to_arrow(), ["project", "native_key", "title", "doc_id", "text"]):
            rows = frame(batch).with_columns(licence=pl.lit(None, pl.String), redactions=pl.lit(0, pl.Int32))
            yield credits(rows, listed=False)
