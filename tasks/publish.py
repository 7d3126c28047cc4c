"""Promote what was approved: redact, assemble a snapshot, check it, and move one ref."""

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment import __version__
from muniment.core import decisions
from muniment.core.rights import layers
from muniment.errors import NotApproved, RegistryError
from muniment.policies.findings import FindingTest
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.capture import Judgement, ShardEvidence
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import FINDING
from muniment.schemas.review import APPROVALS, Decision, Effect, Standing
from muniment.schemas.snapshot import SCHEMA_VERSION, Part
from muniment.schemas.source import Lane, Record, Source, Status
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT, Action
from muniment.store.root import Root, open_root
from muniment.tasks import policies, rules
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import frame
from muniment.tasks.erasure.withheld import Unserved, unserved
from muniment.tasks.evaluation import exact
from muniment.tasks.fetch import source_digest
from muniment.tasks.judge import standing
from muniment.tasks.pool import spread
from muniment.tasks.redact import Removal, finders, key_in_use, remove, search
from muniment.tasks.review import overrides, quarantine
from muniment.tasks.review.decide import approval, counting, reviews_of, standing_of
from muniment.tasks.step import step


class Job(Record):
    """One judged shard to publish, and all that its outcome depends on."""

    uri: str
    evidence: ShardEvidence
    source: Source
    effect: Effect  # of the decisions that hold
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
    left: tuple[str, ...] = ()  # sources that were taken out on purpose: withdrawn, suspended, blocked, in quarantine


@step
def publish(uri: str, ref: str, now: datetime | None = None) -> Published:
    """Publish every approved judgement; other sources keep the part that the ref has, without what no decision admits any more.
    Raises `NotApproved` when nothing is approved."""
    root, now = open_root(uri), now or datetime.now(UTC)
    snapshot = shown(root, ref)
    had = {part.source: part for part in parts_of(root, snapshot)}
    before = {name: _without_items(root, part) for name, part in had.items() if _stands(root, part, ref, now)}
    made_alike = snapshot is not None and (snapshot.code, snapshot.schema_version) == (__version__, SCHEMA_VERSION)
    key_id = key_in_use(root, policies.current(root).redaction)
    parts, waiting = dict(before), dict[str, str]()
    for judgement in standing(root):
        _end_lapsed(root, judgement.source, judgement.id, now)
        try:
            source = root.registry.approved(judgement.source)
            _require_lane(root, source, ref)
            held, whole = approval(root, judgement, now), before.get(source.id)
            if not (made_alike and whole and _made_from(whole) == (judgement.id, held.name, key_id)):
                parts[source.id] = _part(root, judgement, source, held, key_id)
        except (NotApproved, RegistryError) as refusal:
            waiting[judgement.source] = str(refusal)
            if judgement.source in before:
                parts[judgement.source] = _narrowed(root, before[judgement.source], now)
    if not parts:
        raise NotApproved(
            "Nothing is approved.", " ".join(waiting.values()) or "Capture a source first: `muniment capture SOURCE`."
        )
    fresh = tuple(sorted(name for name, part in parts.items() if name not in before or part != had[name]))
    left = tuple(sorted(set(had) - set(parts)))
    return Published(parts=tuple(parts[name] for name in sorted(parts)), waiting=waiting, fresh=fresh, left=left)


def publish_shard(job: Job) -> Layers:
    """The promotable documents of one judged shard, redacted, with all that must travel with them: an object for each layer."""
    root = open_root(job.uri)
    policy = policies.current(root)
    found = {name: job.evidence.evidence[name].digest for name in finders(tuple(job.evidence.evidence))}
    job = job.model_copy(update={"effect": _within(root, job)})
    key = digest(
        [
            job.evidence.shard.digest,
            job.evidence.verdicts.digest,
            found,
            job.effect,
            source_digest(job.source),
            policy.digest,
            job.key_id,
            PROMOTED.names,
            SCHEMA_VERSION,
            __version__,
            *filter(None, [exact.state(root)]),
        ]
    )
    away = unserved(root)
    if away.documents and pc.any(away.among(root.lake.read(job.evidence.verdicts, VERDICT, ["doc_id"]))).as_py():
        return _made(root, job, policy, away)  # until the erasure has rewritten the shard; nothing to remember
    if (recalled := root.work.recall("publish", key, Layers)) and all(map(root.lake.exists, recalled.shards)):
        return recalled
    made = _made(root, job, policy, away)
    root.work.keep("publish", key, made)
    return made


def _made(root: Root, job: Job, policy: Policy, away: Unserved) -> Layers:
    """Without what somebody asked to erase, although it is still in quarantine, and without evaluation items, whatever was decided."""
    documents = promoted(root, job, policy)
    items = exact.barred(root, [job.evidence.shard])
    gone = pa.concat_arrays([away.ids.cast(pa.string()), items]) if away.documents else items
    kept = documents.filter(pc.invert(pc.is_in(documents["doc_id"], value_set=gone)))
    base, share_alike = (_written(root, each) for each in layers.apart(kept))
    return Layers(base=base, share_alike=share_alike)


def _written(root: Root, documents: pa.Table) -> tuple[Stored, ...]:
    return (root.lake.write(documents, PROMOTED),) if documents.num_rows else ()


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


def _within(root: Root, job: Job) -> Effect:
    """The decisions that are about a shard: one about a document elsewhere does not make this shard anew."""
    if not job.effect.documents:
        return job.effect
    held = set(root.lake.read(job.evidence.verdicts, VERDICT, ["doc_id"])["doc_id"].to_pylist())
    return job.effect.model_copy(update={"documents": {name: each for name, each in job.effect.documents.items() if name in held}})


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


def _part(root: Root, judgement: Judgement, source: Source, held: Standing, key_id: str) -> Part:
    jobs = [Job(uri=root.uri, evidence=each, source=source, effect=held.effect, key_id=key_id) for each in judgement.shards]
    made = list(_spread(source.id, jobs))
    return Part(
        source=source.id,
        capture=judgement.capture,
        judgement=judgement.id,
        decision=held.effect.whole,
        review=held.name,
        decisions=held.decisions,
        pseudonym_key=key_id,
        shards=tuple(shard for each in made for shard in each.shards),
        share_alike=tuple(shard for each in made for shard in each.share_alike),
    )


def _made_from(part: Part) -> tuple[str, str, str]:
    """What a part depends on, beside the code."""
    return part.judgement, part.review, part.pseudonym_key


def _spread(source: str, jobs: list[Job]) -> Iterator[Layers]:
    return spread(f"publish {source}", publish_shard, jobs)


def _require_lane(root: Root, source: Source, ref: str) -> None:
    """Raise `NotApproved` where a source's lane keeps it out of a ref."""
    if source.lane is Lane.BLOCKED:
        raise NotApproved(f"{source.id} is in the blocked lane.", "Move it to another lane first.")
    allowed = policies.current(root).lanes.research_refs
    if source.lane is Lane.RESTRICTED and ref not in allowed:
        raise NotApproved(
            f"{source.id} is in the restricted lane.", f"Promote it for research alone: to {', '.join(allowed) or 'no ref yet'}."
        )


def _stands(root: Root, part: Part, ref: str, now: datetime) -> bool:
    """Whether a part may stay: its source is not suspended, in quarantine or in a lane that keeps it out, and its approval was not
    taken back. An approval that only grew old keeps what was promoted by it."""
    try:
        source = root.registry.get(part.source)
        _require_lane(root, source, ref)
        quarantine.require_released(root, part.source)
        judgement = root.manifests.get("judgements", part.judgement, Judgement)
    except (RegistryError, NotApproved):
        return False
    held = standing_of(root, judgement, now)
    return source.status is not Status.SUSPENDED and _approved(root, judgement, held)


def _approved(root: Root, judgement: Judgement, held: Standing) -> bool:
    if held.whole is not None:
        return held.whole.decision in APPROVALS
    last = next((each for each in reversed(counting(root, judgement)) if each.whole), None)
    return last is not None and last.decision in APPROVALS and last.until is None


def _narrowed(root: Root, part: Part, now: datetime) -> Part:
    """A part whose approval is void for something new: what was promoted stays, without what an override admitted that ended, or a later
    decision refused. Judged by the policy under which the part was made."""
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    _end_lapsed(root, part.source, part.judgement, now)
    held = standing_of(root, judgement, now)
    if part.review == held.name or not (part.decisions and (held.groups or held.documents or len(part.decisions) > 1)):
        return part
    effect = held.effect.model_copy(update={"whole": part.decision})
    policy = rules.policy_named(root, judgement.policy)
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT))
    admitted = decisions.admitted(verdicts, effect, policy)["doc_id"].implode()
    left = _left(root, part, pl.col("doc_id").is_in(admitted))
    return left.model_copy(update={"review": held.name, "decisions": held.decisions})


def _without_items(root: Root, part: Part) -> Part:
    """A part without what is an evaluation item by now: a set can be registered after its documents were promoted."""
    judged = root.manifests.get("judgements", part.judgement, Judgement).shards if exact.state(root) else ()
    items = exact.barred(root, [each.shard for each in judged]).to_pylist()
    return _left(root, part, ~pl.col("doc_id").is_in(items)) if items else part


def _left(root: Root, part: Part, which: pl.Expr) -> Part:
    """A part with these documents alone."""
    kept = {shard.digest: _only(root, shard, which) for shard in part.shards}
    return part.model_copy(
        update={
            "shards": tuple(each for shard in part.shards if (each := kept[shard.digest])),
            "share_alike": tuple(each for shard in part.share_alike if (each := kept[shard.digest])),
        }
    )


def _only(root: Root, shard: Stored, which: pl.Expr) -> Stored | None:
    """A promoted shard with these documents alone: itself when it holds no other, None when it holds none of them."""
    table = frame(root.lake.read(shard, PROMOTED))
    left = table.filter(which)
    if left.height == table.height:
        return shard
    return root.lake.write(left.to_arrow().cast(PROMOTED), PROMOTED) if left.height else None


def _end_lapsed(root: Root, source: str, judgement: str, now: datetime) -> None:
    overrides.end(root, source, overrides.lapsed(reviews_of(root, judgement), now), "LAPSED", "policy:overrides")
