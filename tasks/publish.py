"""Promote what was approved: redact, assemble a snapshot, check it, and move one ref."""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from muniment import __version__
from muniment.core.rights import layers
from muniment.errors import NotApproved, RegistryError
from muniment.policies.findings import FindingTest
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.capture import Judgement, ShardEvidence
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.review import Decision, Review
from muniment.schemas.snapshot import SCHEMA_VERSION, Part
from muniment.schemas.source import Record, Source, Status
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import PROMOTABLE, VERDICT, Action
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import frame
from muniment.tasks.fetch import source_digest
from muniment.tasks.judge import standing
from muniment.tasks.pool import spread
from muniment.tasks.redact import Removal, finders, key_in_use, remove, search
from muniment.tasks.review import approval, latest
from muniment.tasks.step import step


class Job(Record):
    """One judged shard to publish, and all that its outcome depends on."""

    uri: str
    evidence: ShardEvidence
    source: Source
    decision: Decision
    key_id: str = ""  # generation of the pseudonym key, where the policy asks for pseudonyms


class Layers(Record):
    """The objects of one published shard, by layer: none or one of each."""

    base: tuple[Stored, ...] = ()
    share_alike: tuple[Stored, ...] = ()

    @property
    def shards(self) -> tuple[Stored, ...]:
        """All of them."""
        return (*self.base, *self.share_alike)


class Published(Record):
    """Parts of the next snapshot, and why each of the other sources waits."""

    parts: tuple[Part, ...]
    waiting: dict[str, str]
    fresh: tuple[str, ...]  # sources whose part differs from the one before


@step
def publish(uri: str, ref: str) -> Published:
    """Publish every approved judgement; other sources keep the part that the ref has. Raises `NotApproved` when nothing is approved."""
    root = open_root(uri)
    snapshot = shown(root, ref)
    before = {part.source: part for part in parts_of(root, snapshot) if _stands(root, part)}
    made_alike = snapshot is not None and (snapshot.code, snapshot.schema_version) == (__version__, SCHEMA_VERSION)
    key_id = key_in_use(root, policies.current(root).redaction)
    parts, waiting = dict(before), dict[str, str]()
    for judgement in standing(root):
        try:
            source = root.registry.approved(judgement.source)
            review, held = approval(root, judgement), before.get(source.id)
            if not (made_alike and held and _made_from(held) == (judgement.id, _name(review), key_id)):
                parts[source.id] = _part(root, judgement, source, review, key_id)
        except (NotApproved, RegistryError) as refusal:
            waiting[judgement.source] = str(refusal)
    if not parts:
        raise NotApproved(
            "Nothing is approved.", " ".join(waiting.values()) or "Capture a source first: `muniment capture SOURCE`."
        )
    fresh = tuple(sorted(name for name, part in parts.items() if part != before.get(name)))
    return Published(parts=tuple(parts[name] for name in sorted(parts)), waiting=waiting, fresh=fresh)


def publish_shard(job: Job) -> Layers:
    """The promotable documents of one judged shard, redacted, with all that must travel with them: an object for each layer."""
    root = open_root(job.uri)
    policy = policies.current(root)
    found = {name: job.evidence.evidence[name].digest for name in finders(tuple(job.evidence.evidence))}
    key = digest(
        [
            job.evidence.shard.digest,
            job.evidence.verdicts.digest,
            found,
            job.decision,
            source_digest(job.source),
            policy.digest,
            job.key_id,
            PROMOTED.names,
            SCHEMA_VERSION,
            __version__,
        ]
    )
    if (recalled := root.work.recall("publish", key, Layers)) and all(map(root.lake.exists, recalled.shards)):
        return recalled
    base, share_alike = (_written(root, each) for each in layers.apart(promoted(root, job, policy)))
    made = Layers(base=base, share_alike=share_alike)
    root.work.keep("publish", key, made)
    return made


def _written(root: Root, documents: pa.Table) -> tuple[Stored, ...]:
    return (root.lake.write(documents, PROMOTED),) if documents.num_rows else ()


def promoted(root: Root, job: Job, policy: Policy) -> pa.Table:
    """Rows of `PROMOTED` for the documents of a shard that this decision admits."""
    verdicts = _admitted(frame(root.lake.read(job.evidence.verdicts, VERDICT)), job.decision, policy)
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


def _admitted(verdicts: pl.DataFrame, decision: Decision, policy: Policy) -> pl.DataFrame:
    """Verdicts of what goes in. With redaction, also what is held for findings alone: its action becomes `redact`."""
    kept = pl.col("action").is_in([str(action) for action in PROMOTABLE])
    if decision is Decision.APPROVE_REDACTED:
        holds = [
            code for code, rule in policy.by_code().items() if rule.enforced and rule.action is Action.HOLD and not rule.finding
        ]
        lifted = (pl.col("action") == "hold") & (
            pl.col("reasons").list.set_intersection([*holds, "EVIDENCE_MISSING"]).list.len() == 0
        )
        verdicts = verdicts.with_columns(action=pl.when(lifted).then(pl.lit("redact")).otherwise("action"))
    return verdicts.filter(kept)


def _redacted(root: Root, job: Job, policy: Policy, documents: pl.DataFrame) -> pl.DataFrame:
    """Texts with what was done to them: rows of `redaction.REDACTED`. What a verdict accepts as it is stays as it is."""
    names = finders(tuple(job.evidence.evidence))
    touched = documents.filter(pl.col("action") != "accept").select("doc_id")
    findings = frame(root.lake.read_all([job.evidence.evidence[name] for name in names], FINDING))
    findings = findings.join(touched, on="doc_id", how="semi", maintain_order="left")
    return remove(root, documents, findings.to_arrow(), _removal(job, policy, job.decision), names)


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


def _part(root: Root, judgement: Judgement, source: Source, review: Review, key_id: str) -> Part:
    jobs = [Job(uri=root.uri, evidence=each, source=source, decision=review.decision, key_id=key_id) for each in judgement.shards]
    made = list(_spread(source.id, jobs))
    return Part(
        source=source.id,
        capture=judgement.capture,
        judgement=judgement.id,
        decision=review.decision,
        review=_name(review),
        pseudonym_key=key_id,
        shards=tuple(shard for each in made for shard in each.shards),
        share_alike=tuple(shard for each in made for shard in each.share_alike),
    )


def _made_from(part: Part) -> tuple[str, str, str]:
    """What a part depends on, beside the code."""
    return part.judgement, part.review, part.pseudonym_key


def _name(review: Review) -> str:
    """Digest of a review without its time: a snapshot of the same decisions is the same snapshot."""
    return digest(review.model_dump(mode="json", exclude={"at"}))


def _spread(source: str, jobs: list[Job]) -> Iterator[Layers]:
    return spread(f"publish {source}", publish_shard, jobs)


def _stands(root: Root, part: Part) -> bool:
    """Whether a part may stay: its source is not suspended and its approval was not withdrawn."""
    try:
        suspended = root.registry.get(part.source).status is Status.SUSPENDED
    except RegistryError:
        return False
    review = latest(root, part.judgement)
    return not suspended and review is not None and review.decision in (Decision.APPROVE, Decision.APPROVE_REDACTED)
