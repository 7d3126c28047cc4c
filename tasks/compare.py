"""Find duplicates within a capture and against what the corpus already holds from other sources."""

import polars as pl
import pyarrow as pa

from muniment.core import twins
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import SIGNATURE, TWIN
from muniment.schemas.snapshot import Part
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import Finished, frame
from muniment.tasks.detect import Gathered
from muniment.tasks.step import step

DETECTOR = "twins"
_STANDING = 1000  # what is in the corpus stays in it: a newcomer is the duplicate, whatever its authority


class Side(Record):
    """Documents that take part: a shard, the signatures of its documents, the rank of their source, and what of it is promoted."""

    shard: Stored
    signatures: Stored
    authority: int
    promoted: tuple[Stored, ...]
    own: bool  # of the capture that is compared; of other sources only promoted documents take part


@step
def compare(uri: str, capture: Capture, gathered: Gathered) -> Stored | None:
    """Duplicates of this capture's documents as one object of `TWIN`; None when the policy runs no such detector."""
    root = open_root(uri)
    parts = {part.source: part for part in parts_of(root, shown(root, "production"))}
    standing = parts.pop(capture.source).shards if capture.source in parts else ()
    authority = root.registry.get(capture.source).authority
    own = [
        Side(shard=shard, signatures=gathered.evidence[shard.digest][DETECTOR], authority=authority, promoted=standing, own=True)
        for shard in capture.shards
        if DETECTOR in gathered.evidence[shard.digest]
    ]
    if not own:
        return None
    sides = own + [side for part in parts.values() for side in _sides(root, part)]
    key = digest([[side.model_dump(mode="json") for side in sides], twins.detector().digest])
    if (recalled := root.work.recall("compare", key, Finished)) and root.lake.exists(recalled.output):
        return recalled.output
    stored = root.lake.write(_twins(root, own, sides), TWIN)
    root.work.keep("compare", key, Finished(output=stored))
    return stored


def _sides(root: Root, part: Part) -> list[Side]:
    """What production holds of another source, with the signatures that its capture was judged with."""
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    authority = root.registry.get(part.source).authority
    return [
        Side(shard=each.shard, signatures=each.evidence[DETECTOR], authority=authority, promoted=part.shards, own=False)
        for each in judgement.shards
        if DETECTOR in each.evidence
    ]


def _twins(root: Root, own: list[Side], sides: list[Side]) -> pa.Table:
    signatures = pa.concat_tables([_signatures(root, side) for side in sides])
    pairs = twins.candidates(signatures)
    ours = pa.concat_tables([root.lake.read(side.shard, DOCUMENT, ["doc_id"]) for side in own])["doc_id"].combine_chunks()
    involved = pa.concat_arrays([pairs["a"].combine_chunks(), pairs["b"].combine_chunks()]).unique()
    verified = twins.verify(pairs, _texts(root, sides, involved))
    found = twins.lead(verified, _preferences(root, sides, involved))
    return found.filter(pa.compute.is_in(found["doc_id"], value_set=ours)).sort_by("doc_id")


def _promoted(root: Root, side: Side) -> pa.Array:
    return root.lake.read_all(side.promoted, PROMOTED, ["doc_id"])["doc_id"].combine_chunks()


def _signatures(root: Root, side: Side) -> pa.Table:
    table = root.lake.read(side.signatures, SIGNATURE)
    return table if side.own else table.filter(pa.compute.is_in(table["doc_id"], value_set=_promoted(root, side)))


def _texts(root: Root, sides: list[Side], doc_ids: pa.Array) -> pa.Table:
    """Texts of the documents that may be duplicates, a row group at a time."""
    schema = pa.schema([DOCUMENT.field("doc_id"), DOCUMENT.field("text")])
    found = [
        batch.filter(pa.compute.is_in(batch["doc_id"], value_set=doc_ids))
        for side in sides
        for batch in root.lake.batches(side.shard, DOCUMENT, schema.names)
    ]
    return pa.concat_tables([schema.empty_table(), *found])


def _preferences(root: Root, sides: list[Side], doc_ids: pa.Array) -> pa.Table:
    """doc_id, authority, modified, length: what the choice of a canonical document rests on."""
    wanted = pl.Series(doc_ids.to_pylist(), dtype=pl.String).implode()
    frames = []
    for side in sides:
        promoted = pl.Series(_promoted(root, side).to_pylist(), dtype=pl.String).implode()
        documents = frame(root.lake.read(side.shard, DOCUMENT, ["doc_id", "modified", "byte_size"])).filter(
            pl.col("doc_id").is_in(wanted)
        )
        frames.append(
            documents.with_columns(authority=side.authority + pl.col("doc_id").is_in(promoted).cast(pl.Int64) * _STANDING)
        )
    table = pl.concat(frames).unique("doc_id", keep="first", maintain_order=True)
    return table.select("doc_id", "authority", "modified", pl.col("byte_size").alias("length")).to_arrow()
