"""What of a judged shard a decision admits: documents redacted, with all that must travel with them."""

import polars as pl
import pyarrow as pa

from muniment.core import decisions
from muniment.policies.findings import FindingTest
from muniment.policies.policy import Policy
from muniment.schemas.canonical import sha256
from muniment.schemas.capture import ShardEvidence
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.review import Decision, Effect
from muniment.schemas.source import Record, Source
from muniment.schemas.verdict import VERDICT, Action
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.redact import Removal, finders, remove, search


class Job(Record):
    """One judged shard to publish, and all that its outcome depends on."""

    uri: str
    evidence: ShardEvidence
    source: Source
    effect: Effect  # of the decisions that hold
    key_id: str = ""  # generation of the pseudonym key, where the policy asks for pseudonyms


def promoted(root: Root, job: Job, policy: Policy) -> pa.Table:
    """Rows of `PROMOTED` for the documents of a shard that this decision admits."""
    verdicts = decisions.admitted(frame(root.lake.read(job.evidence.verdicts, VERDICT)), job.effect, policy)
    documents = frame(root.lake.read(job.evidence.shard, DOCUMENT)).join(verdicts, on="doc_id", how="inner", maintain_order="left")
    redacted = _redacted(root, job, policy, documents)
    joined = documents.drop("text", "text_hash").join(redacted, on="doc_id", how="left", maintain_order="left")
    named = _governed(joined, job.source)
    screened = {name: _screened(root, job, policy, named, name) for name in ("title", "native_key")}
    made = named["pseudonyms"] + pl.sum_horizontal(each["pseudonyms"] for each in screened.values())
    return (
        named.with_columns(each["text"].alias(name) for name, each in screened.items())
        .with_columns(pseudonym_key=pl.when(made > 0).then(pl.lit(job.key_id)))
        .select(PROMOTED.names)
        .to_arrow()
        .cast(PROMOTED)
    )


def _redacted(root: Root, job: Job, policy: Policy, documents: pl.DataFrame) -> pl.DataFrame:
    """Texts with what was done to them: rows of `redaction.REDACTED`. What a verdict accepts as it is stays as it is."""
    names = finders(tuple(job.evidence.evidence))
    touched = documents.filter(pl.col("action") != "accept").select("doc_id")
    findings = frame(root.lake.read_all([job.evidence.evidence[name] for name in names], FINDING))
    findings = findings.join(touched, on="doc_id", how="semi", maintain_order="left")
    made = [
        remove(
            root,
            some.drop("widely"),
            findings.join(some, on="doc_id", how="semi", maintain_order="left").to_arrow(),
            _removal(job, policy, Decision.APPROVE_REDACTED if widely else Decision.APPROVE),
            names,
        )
        for (widely,), some in documents.group_by("widely", maintain_order=True)
    ]
    return pl.concat(made) if made else remove(root, documents, findings.to_arrow(), _removal(job, policy, Decision.APPROVE), names)


def _screened(root: Root, job: Job, policy: Policy, documents: pl.DataFrame, column: str) -> pl.DataFrame:
    """A short column that travels with the text (a title, a native key), searched and redacted here: detectors read texts only."""
    texts = documents.with_columns(pl.col(column).fill_null("").alias("text"))
    names = finders(policy.detectors)
    return remove(root, texts, search(root, texts, names), _removal(job, policy, Decision.APPROVE_REDACTED), names)


def _removal(job: Job, policy: Policy, decision: Decision) -> Removal:
    return Removal(tests=tuple(_tests(decision, policy)), how=policy.redaction, key_id=job.key_id)


def _tests(decision: Decision, policy: Policy) -> list[FindingTest]:
    return list(policy.redactions()) + (_held_for(policy) if decision is Decision.APPROVE_REDACTED else [])


def _held_for(policy: Policy) -> list[FindingTest]:
    return [rule.finding for rule in policy.rule if rule.finding and rule.action is Action.HOLD]


def _governed(documents: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The columns that must travel with every document (PRV-2)."""
    file = pl.col("native_key").str.split("/").list.last()
    named = (
        pl.when(pl.col("project").is_null()).then(file).otherwise(pl.concat_str("project", file, separator=": ", ignore_nulls=True))
    )
    return documents.with_columns(
        title=pl.col("title").fill_null(named),
        owner=pl.lit(source.owner),
        classification=pl.lit(str(source.classification)),
        tenant=pl.lit(source.tenant),
        acl=pl.col("acl").fill_null(pl.lit(list(source.acl), dtype=pl.List(pl.String))),
        text_hash=pl.col("text").map_elements(lambda text: sha256(text.encode()), return_dtype=pl.String),
    )
