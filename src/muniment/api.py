"""The commands as Python calls, offered as `muniment.NAME`. Every one takes `root` (folder or `s3://…`, by default the command's)."""

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from muniment import flows
from muniment.policies.retention import Retention, load_retention
from muniment.schemas.erasure import Plan, Purpose, Receipt, Request, Selector
from muniment.schemas.hold import Hold, Release, Standing
from muniment.schemas.rebuild import Rebuilt
from muniment.schemas.retention import Dues, Retained
from muniment.schemas.review import Decision, Pack, Review
from muniment.schemas.run import Run
from muniment.schemas.sample import Audited, Opinion, Sample
from muniment.schemas.search import Answer
from muniment.schemas.source import Source
from muniment.schemas.tombstone import Lifting
from muniment.store.root import open_root
from muniment.tasks import (
    audit,
    history,
    holds,
    keys,
    pack,
    policies,
    prove,
    quarantine,
    retention,
    runs,
    samples,
    sources,
    tables,
    verify,
)
from muniment.tasks import effect as effects
from muniment.tasks import explain as explaining
from muniment.tasks import pending as waiting
from muniment.tasks import rebuild as rebuilding
from muniment.tasks import review as reviewing
from muniment.tasks import search as searching
from muniment.tasks import split as splitting
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.subject import about
from muniment.tasks.erasure.survey import survey
from muniment.tasks.identity import identity
from muniment.tasks.retain.plan import dues, more, plan_retention
from muniment.tasks.tombstones.lift import lift

capture, promote, rollback, index = flows.capture, flows.promote, flows.rollback, flows.index
nightly, duplicates_rescan = flows.nightly, flows.rescan
remind, reconcile = flows.remind, flows.reconcile


def source_add(source: Source, root: str = "", actor: str = "") -> Source:
    """Register a source, or change it; it must be approved (again) before it is captured."""
    return sources.add_source(root, source, actor or getpass.getuser())


def source_approve(identifier: str, root: str = "", actor: str = "") -> Source:
    """Let a source feed the corpus."""
    return sources.approve_source(root, identifier, actor or getpass.getuser())


def source_suspend(identifier: str, root: str = "", actor: str = "") -> Source:
    """Stop a source."""
    return sources.suspend_source(root, identifier, actor or getpass.getuser())


def source_list(root: str = "") -> list[Source]:
    """Every registered source."""
    return open_root(root).registry.all()


def review(subject: str, root: str = "") -> Pack:
    """What a steward reads about a source's latest judgement, a capture, or a judgement."""
    return pack.gather_pack(root, subject)


def decide(
    subject: str,
    decision: Decision,
    reason: str,
    root: str = "",
    actor: str = "",
    groups: Sequence[str] = (),
    documents: Sequence[str] = (),
    until: date | None = None,
) -> Review:
    """Record a decision about all of a judgement, groups of reasons, or documents; raises `NotApproved`, `Forbidden`, `NotFound`."""
    who = actor or getpass.getuser()
    return reviewing.decide(root, subject, decision, reason, who, identity(), tuple(groups), tuple(documents), until)


def pending(root: str = "") -> list[waiting.Pending]:
    """What waits for a decision, the longest first."""
    return waiting.pending(root)


def source_quarantine(pattern: str, reason: str, root: str = "", actor: str = "") -> list[quarantine.Dependants]:
    """Put a source, or all whose id matches a glob, back into quarantine; gives what was made from each."""
    return quarantine.quarantine_source(root, pattern, reason, actor or getpass.getuser())


def source_release(pattern: str, reason: str, root: str = "", actor: str = "") -> list[str]:
    """End a quarantine; the source returns once it is approved and promoted again."""
    return quarantine.release_source(root, pattern, reason, actor or getpass.getuser())


def samples_draw(source: str, size: int = 50, seed: str = "", root: str = "", actor: str = "") -> Sample:
    """Draw a systematic sample of a source's latest judgement; the same again gives the same."""
    return samples.draw(root, source, size, actor or getpass.getuser(), seed)


def samples_list(source: str = "", root: str = "") -> list[Sample]:
    """Every sample, the earliest first."""
    return samples.samples(open_root(root), source)


def samples_show(sample: str, root: str = "") -> Sample:
    """One sample."""
    return samples.sample(open_root(root), sample)


def samples_label(sample: str, document: str, opinion: Opinion, code: str = "", root: str = "", actor: str = "") -> Audited:
    """Say whether a verdict was right; gives the source's rates as measured then."""
    return samples.label(root, sample, document, opinion, actor or getpass.getuser(), code)


def samples_report(source: str, root: str = "") -> Audited:
    """Measured rates of every gate of a source."""
    return samples.audited(open_root(root), source)


def samples_reopen(source: str, root: str = "", actor: str = "") -> Audited:
    """Open a source's green lane to automation again."""
    return samples.reopen(root, source, actor or getpass.getuser())


def policy_prove(toml: str = "", root: str = "") -> list[prove.Proof]:
    """Show each rule of a policy (by default the one in force) the least evidence that hits it, and what comes of it."""
    return prove.prove_policy(toml or policies.text(open_root(root)))


def snapshots(root: str = "") -> list[history.Kept]:
    """Every kept snapshot, the latest first."""
    return history.snapshots(root)


def snapshots_rebuild(snapshot: str, root: str = "", actor: str = "") -> Rebuilt:
    """Build a snapshot again from what its manifest names, and compare; nothing is stored or moved."""
    return rebuilding.rebuild(root, snapshot, actor or getpass.getuser())


def diff(before: str, after: str, root: str = "") -> history.Difference:
    """What differs between two snapshots or refs."""
    return history.diff(root, before, after)


def search(query: str, user: str, k: int = 5, ref: str = "production", root: str = "") -> Answer:
    """The k best passages that `user` may read."""
    return searching.search(root, query, user, k, ref)


def explain(document: str, root: str = "") -> explaining.Story:
    """The whole story of a document."""
    return explaining.explain(root, document)


def erasure_plan(selector: Selector, root: str = "", subject: tuple[str, str] | None = None) -> Plan:
    """What an erasure would touch; changes nothing."""
    selector, named = _about(selector, root, subject)
    return survey(open_root(root), "", selector, named)


def erase(
    selector: Selector,
    reason: str,
    root: str = "",
    actor: str = "",
    purpose: Purpose = Purpose.REQUEST,
    deadline: datetime | None = None,
    subject: tuple[str, str] | None = None,
) -> Receipt:
    """Erase, prove, and give the signed receipt. `subject` is type and value of what identifies a person; only keyed hashes are kept."""
    return flows.erase(erase_queue(selector, reason, root, actor, purpose, deadline, subject, queue=False).id, root=root)


def erase_queue(
    selector: Selector,
    reason: str,
    root: str = "",
    actor: str = "",
    purpose: Purpose = Purpose.REQUEST,
    deadline: datetime | None = None,
    subject: tuple[str, str] | None = None,
    queue: bool = True,
) -> Request:
    """Stop serving what is named, and let the service erase it."""
    selector, named = _about(selector, root, subject)
    return request_erasure(root, selector, reason, actor or getpass.getuser(), purpose, deadline, named, queue)


def erase_lift(request: str, reason: str, root: str = "", actor: str = "") -> Lifting:
    """Let what a request erased be captured again."""
    return lift(root, request, reason, actor or getpass.getuser())


def _about(selector: Selector, root: str, subject: tuple[str, str] | None) -> tuple[Selector, tuple[str, ...]]:
    if subject is None:
        return selector, ()
    keyed, found = about(open_root(root), selector, *subject)
    return keyed, tuple(found.documents.to_pylist())


def retention_show(root: str = "") -> Retention:
    """The retention policy that is enforced now."""
    return retention.in_force(open_root(root))


def retention_check(toml: str) -> Retention:
    """A retention policy from its text; raises `PolicyError` that names every wrong place."""
    return load_retention(toml)


def retention_try(toml: str, at: datetime | None = None, root: str = "") -> Dues:
    """What would be due under a policy; changes nothing."""
    return dues(open_root(root), load_retention(toml), at or datetime.now(UTC))


def retention_use(toml: str, effective: date | None = None, root: str = "", actor: str = "") -> retention.Enacted:
    """Put a retention policy in force: what removes more is announced, and holds after the notice."""
    opened, policy = open_root(root), load_retention(toml)
    moment = datetime.now(UTC) + timedelta(days=retention.in_force(opened).notice_days)
    return retention.enact(opened, toml, actor or getpass.getuser(), effective, more(opened, policy, moment))


def retention_due(at: datetime | None = None, root: str = "") -> Dues:
    """What the next night would remove and why; changes nothing."""
    return plan_retention(root, at)


def retention_enforce(root: str = "", actor: str = "") -> Retained:
    """Do now what every night does."""
    return flows.retain(root=root, actor=actor or getpass.getuser())


def hold_place(
    name: str,
    reason: str,
    documents: Sequence[str] = (),
    sources: Sequence[str] = (),
    subjects: Sequence[str] = (),
    root: str = "",
    actor: str = "",
) -> Hold:
    """Put documents under a legal hold; raises `Forbidden` when the actor may not."""
    return holds.place(root, name, reason, actor or getpass.getuser(), documents, sources, subjects)


def hold_list(root: str = "") -> list[Standing]:
    """Every hold, those that were released too."""
    return holds.holds(open_root(root))


def hold_release(name: str, reason: str, root: str = "", actor: str = "") -> Release:
    """End a hold."""
    return holds.release(root, name, reason, actor or getpass.getuser())


def runs_list(last: int = 0, root: str = "") -> list[Run]:
    """Records of runs, the latest first."""
    return runs.runs(open_root(root), last)


def runs_show(run: str, root: str = "") -> Run:
    """The record of one run."""
    return runs.run(open_root(root), run)


def duplicates_report(source: str = "", root: str = "") -> effects.Effect:
    """What the removal of duplicates did: documents and characters before and after, by slice."""
    return effects.effect(root, source)


def duplicates_split(
    parts: Mapping[str, float], out: Path, ref: str = "production", by: splitting.Group | None = None, root: str = ""
) -> splitting.Split:
    """Write doc_id, part and cluster of every promoted document to `out`; no near duplicate is in two parts."""
    return splitting.split(root, ref, parts, out, by)


def keys_list(root: str = "") -> list[keys.Key]:
    """Every generation of the key that makes pseudonyms."""
    return keys.keys(root)


def keys_rotate(root: str = "", actor: str = "") -> keys.Key:
    """Make pseudonyms with a new key from the next promotion on."""
    return keys.rotate(root, actor or getpass.getuser())


def keys_retire(identifier: str, root: str = "", actor: str = "") -> keys.Key:
    """Destroy an earlier key for good."""
    return keys.retire(root, identifier, actor or getpass.getuser())


def receipts(root: str = "") -> list[Receipt]:
    """Every receipt."""
    return verify.receipts(open_root(root))


def lineage_sql(query: str, root: str = "") -> pa.Table:
    """SQL over the ledger and what stands now."""
    return tables.query(root, query)


def audit_verify(root: str = "", actor: str = "") -> audit.Audit:
    """Recompute the chain, the checkpoints and every digest."""
    return audit.verify_root(root, actor or getpass.getuser())
