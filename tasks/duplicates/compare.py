"""Find duplicates within a capture and against what the corpus already holds from other sources."""

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from muniment.core import twins
from muniment.core.twins.bands import SLACK
from muniment.policies.duplicates import Duplicates
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import SIGNAL, SIGNATURE, SUBJECT, TWIN
from muniment.schemas.signatures import Home
from muniment.schemas.source import Source
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import Finished, frame
from muniment.tasks.detect import Gathered
from muniment.tasks.detectors import signer
from muniment.tasks.duplicates import bins, signatures, subjects
from muniment.tasks.fetch import source_digest
from muniment.tasks.judge import standing, verdict_tables
from muniment.tasks.step import step

DETECTOR = "twins"
Evidence = Mapping[str, Mapping[str, Stored]]  # shard digest → detector → object
_DECISION = ["doc_id", "canonical_id", "kind", "spared", "cluster", "parameters"]
_PLACE = ["doc_id", "source_id", "media_type", "native_key", "project", "modified"]


@step
def compare(uri: str, capture: Capture, gathered: Gathered) -> Stored | None:
    """Duplicates of this capture's documents as one object of `TWIN`; None when the policy runs no such detector."""
    root = open_root(uri)
    source, policy = root.registry.get(capture.source), policies.current(root)
    if not any(DETECTOR in found for found in gathered.evidence.values()):
        return None
    evidence = {shard: {name: each.digest for name, each in found.items()} for shard, found in gathered.evidence.items()}
    key = digest(
        [
            capture.shards,
            evidence,
            source_digest(source),
            policy.digest,
            twins.parameters(policy.duplicates),
            signatures.state(root),
        ]
    )
    if (recalled := root.work.recall("compare", key, Finished)) and root.lake.exists(recalled.output):
        return recalled.output
    stored = root.lake.write(_as_told(root, source, find(root, capture, gathered.evidence, source, policy)), TWIN)
    root.work.keep("compare", key, Finished(output=stored))
    return stored


def _as_told(root: Root, source: Source, found: pa.Table) -> pa.Table:
    """`TWIN` rows; those that stand already keep the reason that their canonical was preferred for then. A promotion makes it
    one that stands in the corpus, and that alone is nothing to review again."""
    judgement = next((each for each in standing(root) if each.source == source.id), None)
    if judgement is None or judgement.twins is None:
        return found
    before = frame(root.lake.read(judgement.twins, TWIN, [*_DECISION, "preferred"]))
    told = frame(found).join(before, on=_DECISION, how="left", nulls_equal=True, maintain_order="left", suffix=" before")
    return (
        told.with_columns(pl.coalesce("preferred before", "preferred").alias("preferred")).select(TWIN.names).to_arrow().cast(TWIN)
    )


def find(root: Root, capture: Capture, evidence: Evidence, source: Source, policy: Policy) -> pa.Table:
    """`TWIN` rows of a capture's documents by a policy, sorted by document."""
    own, signed = captured(root, capture, evidence, source, policy), signatures_of(root, capture, evidence)
    return decide(root, capture, own, signed, source, policy)


def decide(root: Root, capture: Capture, own: pa.Table, signed: pa.Table, source: Source, policy: Policy) -> pa.Table:
    """`TWIN` rows of those of the capture's documents that `own` (`SUBJECT`) leaves open, against one another, those it has settled,
    and what production holds of other sources."""
    asked = frame(own).filter(~pl.col("settled")).select("doc_id")
    needles = frame(signed).join(asked, on="doc_id", how="semi").to_arrow().cast(SIGNATURE)
    index = signatures.current(root, signer(policy.duplicates.ngrams))
    held, homes = signatures.partners(root, index, needles, reach(policy.duplicates), source.id)
    found = bins.search(
        pa.concat_tables([own, _settled(root, held)]),
        pa.concat_tables([signed, _signed(held)]),
        policy.duplicates,
        [*(Home(source=source.id, shard=shard) for shard in capture.shards), *(home for home, _ in homes)],
        root.uri,
    )
    return found.sort_by("doc_id")


def reach(duplicates: Duplicates) -> float:
    """The lowest Jaccard from which another source's document may matter: half the level where twins by embedding are asked for."""
    return min(domain.jaccard / 2 + SLACK if domain.cosine else domain.jaccard for domain in duplicates.domain)


def captured(root: Root, capture: Capture, evidence: Evidence, source: Source, policy: Policy) -> pa.Table:
    """`SUBJECT` rows of a capture's documents."""
    promoted = _promoted(root, source.id).implode()
    verdicts = verdict_tables(root, capture, evidence, None, source, policy)
    tables = [SUBJECT.empty_table()]
    for shard, judged in zip(capture.shards, verdicts, strict=True):
        documents = subjects.judged(frame(root.lake.read(shard, DOCUMENT, _PLACE)), frame(judged))
        quality = subjects.quality(_signals(root, evidence[shard.digest]))
        placed = subjects.placed(documents).join(quality, on="doc_id", how="left", maintain_order="left")
        settled = placed.with_columns(
            settled=pl.lit(False), authority=pl.lit(source.authority), standing=pl.col("doc_id").is_in(promoted)
        )
        tables.append(subjects.subjects(settled).to_arrow().cast(SUBJECT))
    return pa.concat_tables(tables)


def signatures_of(root: Root, capture: Capture, evidence: Evidence) -> pa.Table:
    """`SIGNATURE` rows of a capture's documents."""
    found = [evidence[shard.digest][DETECTOR] for shard in capture.shards if DETECTOR in evidence[shard.digest]]
    return root.lake.read_all(found, SIGNATURE)


def _signals(root: Root, found: Mapping[str, Stored]) -> pl.DataFrame:
    names = ["doc_id", "name", "value"]
    return frame(root.lake.read(found["quality"], SIGNAL, names) if "quality" in found else SIGNAL.empty_table().select(names))


def _promoted(root: Root, source: str) -> pl.Series:
    shards = [shard for part in parts_of(root, shown(root, "production")) if part.source == source for shard in part.shards]
    return frame(root.lake.read_all(shards, PROMOTED, ["doc_id"]))["doc_id"]


def _settled(root: Root, held: pa.Table) -> pa.Table:
    """`SUBJECT` rows of documents that other sources have in the corpus."""
    authority = {each.id: each.authority for each in root.registry.all()}
    known = {"settled": pl.lit(True), "standing": pl.lit(True), "admitted": pl.lit(True)}
    known["authority"] = pl.col("source_id").replace_strict(authority, default=0, return_dtype=pl.Int32)
    return subjects.subjects(frame(held).unique("doc_id", maintain_order=True).with_columns(**known)).to_arrow().cast(SUBJECT)


def _signed(held: pa.Table) -> pa.Table:
    return frame(held).with_columns(detector=pl.lit("")).select(SIGNATURE.names).to_arrow().cast(SIGNATURE)
