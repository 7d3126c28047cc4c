"""Turn evidence into one verdict a document, by the policy in force."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from muniment.core import verdicts
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture, Judgement, ShardEvidence
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import COLUMN, EVAL_HIT, FINDING, SIGNAL, TWIN
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Kind, Record, Source
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import RESEMBLANCE
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.announce import announce
from muniment.tasks.derive import counted
from muniment.tasks.detect import Gathered
from muniment.tasks.detectors import FINDERS
from muniment.tasks.fetch import source_digest
from muniment.tasks.rights.conclude import Rights, concluded
from muniment.tasks.step import report, run_id, step


class JudgementRef(Record):
    """What `refs/judgements/<source>` holds."""

    judgement: str


def standing(root: Root) -> list[Judgement]:
    """The judgement that stands of every captured source, by source."""
    held = (root.refs.read(name, JudgementRef)[0] for name in root.refs.names("judgements/"))
    return [root.manifests.get("judgements", each.judgement, Judgement) for each in held if each]


@step
def judge(uri: str, capture: Capture, gathered: Gathered, twins: Stored | None, actor: str, anew: bool = False) -> Judgement:
    """Judge a capture; the judgement is what a steward approves. Nothing is written twice when nothing changed.

    `anew` judges although what stands rests on the same: an erasure took what its verdicts followed from out of both.
    """
    root = open_root(uri)
    source, policy = root.registry.get(capture.source), policies.current(root)
    held, tag = root.refs.read(f"judgements/{source.id}", JudgementRef)
    rights = Rights.of(root, source, policy)
    basis = _basis(capture.id, source_digest(source), policy.digest, rights.digest, gathered.evidence, gathered.failed, twins)
    if held and not anew:
        standing = root.manifests.get("judgements", held.judgement, Judgement)
        # Compared by what it rests on, not by its id: an erasure took rows from both sides and changed neither decision.
        if _basis_of(standing) == basis:
            return standing
    identifier = digest(basis)[:20]
    judgement = _judgement(root, identifier, capture, gathered, twins, source, policy, rights)
    root.manifests.put("judgements", judgement)
    _record(root, judgement, held.judgement if held else "", actor)
    announce(judgement, policy)
    root.refs.move(f"judgements/{source.id}", JudgementRef(judgement=identifier), tag)
    return judgement


def _basis(
    capture: str,
    source: str,
    policy: str,
    rights: str,
    evidence: Mapping[str, Mapping[str, Stored]],
    failed: Mapping[str, str],
    twins: Stored | None,
) -> dict[str, object]:
    """All that a judgement follows from, as digests."""
    found = {shard: {name: each.digest for name, each in by_name.items()} for shard, by_name in evidence.items()}
    return {
        "capture": capture,
        "source": source,
        "policy": policy,
        "rights": rights,
        "evidence": found,
        "failed": sorted(failed),
        "twins": twins.digest if twins else "",
    }


def _basis_of(judgement: Judgement) -> dict[str, object]:
    evidence = {each.shard.digest: each.evidence for each in judgement.shards}
    return _basis(
        judgement.capture, judgement.source_digest, judgement.policy, judgement.rights, evidence, judgement.failed, judgement.twins
    )


def _judgement(
    root: Root,
    identifier: str,
    capture: Capture,
    gathered: Gathered,
    twins: Stored | None,
    source: Source,
    policy: Policy,
    rights: Rights,
) -> Judgement:
    found = root.lake.read(twins, TWIN) if twins else None
    tables = verdict_tables(root, capture, gathered.evidence, found, source, policy)
    shards, actions, reasons = [], Counter[str](), Counter[str]()
    for done, (shard, table) in enumerate(zip(capture.shards, tables, strict=True), start=1):
        shards.append(
            ShardEvidence(shard=shard, evidence=gathered.evidence[shard.digest], verdicts=root.lake.write(table, VERDICT))
        )
        actions.update(counted(table, "action"))
        reasons.update(counted(table, "reasons"))
        report("judge", done, len(capture.shards))
    return Judgement(
        id=identifier,
        capture=capture.id,
        source=source.id,
        source_digest=source_digest(source),
        policy=policy.digest,
        rights=rights.digest,
        shards=tuple(shards),
        twins=twins,
        actions=dict(sorted(actions.items())),
        reasons=dict(sorted(reasons.items())),
        failed=gathered.failed,
    )


def verdict_tables(
    root: Root,
    capture: Capture,
    evidence: Mapping[str, Mapping[str, Stored]],
    twins: pa.Table | None,
    source: Source,
    policy: Policy,
) -> Iterator[pa.Table]:
    """Verdicts of each shard, in the order of the capture's shards; a generator, so that one shard is in memory at a time."""
    rights = concluded(root, capture, evidence, source, policy)
    columns = root.lake.read(capture.columns, COLUMN) if capture.columns else None
    unseen = columns is None and source.kind is Kind.TABLE and any(rule.columns and rule.enforced for rule in policy.rule)
    watched = any(rule.resembles and rule.enforced for rule in policy.rule)
    for shard in capture.shards:
        found = evidence[shard.digest]
        documents = root.lake.read(shard, DOCUMENT, ["doc_id", "media_type"])
        doc_ids = documents["doc_id"].combine_chunks()
        tables = {
            "findings": _read(root, found, FINDERS, FINDING),
            "signals": _read(root, found, ("language", "quality"), SIGNAL),
            "hits": _read(root, found, ("contamination", "evaluation"), EVAL_HIT),
            "twins": _about(TWIN.empty_table() if twins is None else twins, doc_ids),
        }
        if columns is not None:
            tables["columns"] = columns
        tables["resemblance"] = _read(root, found, ("resemblance",), RESEMBLANCE)
        unlooked = watched and "resemblance" not in found
        missing = unseen or unlooked or any(name not in found for name in policy.required)
        yield verdicts.judge(documents, tables, _about(rights, doc_ids), source, policy, missing, ran=found.keys())


def _read(root: Root, found: Mapping[str, Stored], names: tuple[str, ...], schema: pa.Schema) -> pa.Table:
    return root.lake.read_all([found[name] for name in names if name in found], schema)


def _about(table: pa.Table, doc_ids: pa.Array) -> pa.Table:
    return table.filter(pc.is_in(table["doc_id"], value_set=doc_ids))


def _record(root: Root, judgement: Judgement, before: str, actor: str) -> None:
    evidence = sorted({each.digest for shard in judgement.shards for each in shard.evidence.values()})
    root.record(
        Draft(
            kind=EntryKind.JUDGED,
            actor=actor,
            run=run_id(),
            key=f"{judgement.id}<{before}",
            subjects=(f"source:{judgement.source}",),
            inputs=(f"capture:{judgement.capture}", f"policy:{judgement.policy}"),
            outputs=(f"judgement:{judgement.id}", *(f"object:{each}" for each in evidence)),
            counts=judgement.actions,
            reasons=tuple(judgement.reasons),
        )
    )
