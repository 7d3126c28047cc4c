"""What a changed policy would do to everything captured, before it is put in force. Evidence is there already: only judging runs."""

from collections import Counter
from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from muniment.policies.guidance import guidance_of
from muniment.policies.policy import Policy
from muniment.schemas.capture import Capture, Judgement, ShardEvidence
from muniment.schemas.evidence import TWIN
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import detectors, policies
from muniment.tasks.derive import frame
from muniment.tasks.duplicates import signatures
from muniment.tasks.duplicates.compare import DETECTOR, find
from muniment.tasks.evidence import evidence_by
from muniment.tasks.judge import standing, verdict_tables


class Trial(Record):
    """Documents by action now and then, and by reason code gained or lost."""

    moves: dict[str, dict[str, int]]  # action now → action then → documents
    gained: dict[str, int]
    lost: dict[str, int]
    guidance: tuple[str, ...] = ()  # of these codes, those of rules that change nothing
    documents: int
    changed: int


def try_policy(uri: str, policy: Policy) -> Trial:
    """Judge every source's standing capture by another policy and compare; changes nothing."""
    root = open_root(uri)
    moves: dict[str, Counter[str]] = {}
    reasons = Counter[str]()
    for judgement in standing(root):
        for now, then in _pairs(root, judgement, policy):
            _compare(now, then, moves, reasons)
    signatures.tidy(root)
    total = sum(sum(row.values()) for row in moves.values())
    changed = sum(count for action, row in moves.items() for other, count in row.items() if other != action)
    return Trial(
        moves={action: dict(sorted(row.items())) for action, row in sorted(moves.items())},
        gained={code: count for code, count in sorted(reasons.items()) if count > 0},
        lost={code: -count for code, count in sorted(reasons.items()) if count < 0},
        documents=total,
        changed=changed,
        guidance=tuple(code for code in guidance_of(policy) if reasons[code]),
    )


def _pairs(root: Root, judgement: Judgement, policy: Policy) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    evidence = {each.shard.digest: {**each.evidence, **_personal(root, each, policy)} for each in judgement.shards}
    source = root.registry.get(judgement.source)
    held = {each.shard.digest: each.verdicts for each in judgement.shards}
    twins = _twins(root, judgement, capture, policy)
    for shard, table in zip(capture.shards, verdict_tables(root, capture, evidence, twins, source, policy), strict=True):
        yield frame(root.lake.read(held[shard.digest], VERDICT)), frame(table)


def _personal(root: Root, judged: ShardEvidence, policy: Policy) -> dict[str, Stored]:
    """Personal data as the policy would have it found: looked for again only when it looks in another way."""
    if policy.personal == policies.current(root).personal or "personal" not in judged.evidence:
        return {}
    return {"personal": evidence_by(root, judged.shard, detectors.personal(root.uri, policy.personal))}


def _twins(root: Root, judgement: Judgement, capture: Capture, policy: Policy) -> pa.Table | None:
    """Duplicates as the policy would have them: looked for again only when it compares in another way."""
    if judgement.twins is None:
        return None
    if policy.duplicates == policies.current(root).duplicates:
        return root.lake.read(judgement.twins, TWIN)
    signer = detectors.signer(policy.duplicates.ngrams)
    signed = {each.shard.digest: {**each.evidence, DETECTOR: evidence_by(root, each.shard, signer)} for each in judgement.shards}
    return find(root, capture, signed, root.registry.get(judgement.source), policy)


def _compare(now: pl.DataFrame, then: pl.DataFrame, moves: dict[str, Counter[str]], reasons: Counter[str]) -> None:
    both = now.select("doc_id", "action").join(then.select("doc_id", pl.col("action").alias("then")), on="doc_id")
    for row in both.group_by("action", "then").len().to_dicts():
        moves.setdefault(row["action"], Counter())[row["then"]] += row["len"]
    for sign, table in ((-1, now), (1, then)):
        for row in table.select("reasons").explode("reasons").drop_nulls().group_by("reasons").len().to_dicts():
            reasons[row["reasons"]] += sign * row["len"]
