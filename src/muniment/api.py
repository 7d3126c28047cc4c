"""The commands as Python calls, offered as `muniment.NAME`. Every one takes `root` (folder or `s3://…`, by default the command's)."""

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from muniment import flows
from muniment.policies.retention import Retention, load_retention
from muniment.schemas.activity import Activities
from muniment.schemas.backup import Backup
from muniment.schemas.erasure import Plan, Purpose, Receipt, Request, Selector
from muniment.schemas.evalset import EvalSet, Item, Listed, Removed, Screened
from muniment.schemas.hold import Hold, Release, Standing
from muniment.schemas.notice import Notice
from muniment.schemas.rebuild import Rebuilt
from muniment.schemas.recipient import Recipient
from muniment.schemas.retention import Dues, Retained
from muniment.schemas.review import Decision, Pack, Review
from muniment.schemas.run import Run
from muniment.schemas.sample import Audited, Opinion, Sample
from muniment.schemas.search import Answer
from muniment.schemas.source import Source
from muniment.schemas.tombstone import Lifting
from muniment.store.root import open_root
from muniment.tasks import evalsets, history, pack, policies, prove, runs, sources, tables
from muniment.tasks import explain as explaining
from muniment.tasks import rebuild as rebuilding
from muniment.tasks import split as splitting
from muniment.tasks.audit import access, checkpoints, notices, recipients, records
from muniment.tasks.audit import verify as audit
from muniment.tasks.custody import backup, disclose, encryption, keys, restore
from muniment.tasks.duplicates import effect as effects
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.subject import about
from muniment.tasks.erasure.survey import survey
from muniment.tasks.evaluation import remove as removing
from muniment.tasks.evaluation import screened, versions
from muniment.tasks.evaluation import show as showing
from muniment.tasks.retain import holds, retention
from muniment.tasks.retain.plan import dues, more, plan_retention
from muniment.tasks.review import decide as reviewing
from muniment.tasks.review import pending as waiting
from muniment.tasks.review import quarantine, samples
from muniment.tasks.review.identity import identity
from muniment.tasks.search import search as searching
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


def keys_retire(identifier: str, root: str = "", actor: str = "") -> keys.Key | encryption.Sealing:
    """Destroy an earlier pseudonym key, or a key-encryption key of the keyring that nothing needs, for good."""
    who = actor or getpass.getuser()
    return encryption.sealing(root) if encryption.retire_kek(root, identifier, who) else keys.retire(root, identifier, who)


def keys_status(root: str = "") -> encryption.Sealing:
    """How the root is encrypted."""
    return encryption.sealing(root)


def keys_encrypt(kek: str = "keyring:", root: str = "", actor: str = "") -> encryption.Sealing:
    """Encrypt what lies under a root, and all that will."""
    return encryption.encrypt(root, kek, actor or getpass.getuser())


def keys_rotate_kek(to: str = "", root: str = "", actor: str = "") -> encryption.Sealing:
    """Wrap every key of the root with another key-encryption key."""
    return encryption.rotate_kek(root, to, actor or getpass.getuser())


def keys_rotate_data(reencrypt: bool = False, root: str = "", actor: str = "") -> encryption.Sealing:
    """Seal with a new data key what comes, or everything."""
    return encryption.rotate_data(root, actor or getpass.getuser(), reencrypt)


def keys_reseal(root: str = "", actor: str = "") -> encryption.Sealing:
    """Seal with the data key in use whatever is not, then destroy the other data keys."""
    return encryption.reseal(root, actor or getpass.getuser())


def keys_decrypt(to: Path, root: str = "", actor: str = "") -> int:
    """Write a plain copy of an encrypted root; gives how many objects."""
    return encryption.decrypt_to(root, to, actor or getpass.getuser())


def original(document: str, user: str, root: str = "") -> disclose.Given:
    """A document's bytes as fetched, for its source's steward or owner who is cleared for it."""
    return disclose.disclose(root, document, user)


def backup_make(place: str, root: str = "", actor: str = "") -> Backup:
    """Make a copy of the root, or bring one up to date."""
    return backup.make_backup(root, place, actor or getpass.getuser())


def backup_list(root: str = "") -> list[backup.Place]:
    """Every registered backup, and whether it can be read now."""
    return backup.registered(open_root(root))


def backup_verify(place: str) -> backup.Checked:
    """Read a whole copy, and say what is wrong there."""
    return backup.verify_backup(place)


def backup_forget(identifier: str, reason: str, root: str = "", actor: str = "") -> Backup:
    """Say that a backup was destroyed or is lost for good."""
    return backup.forget_backup(root, identifier, reason, actor or getpass.getuser())


def backup_restore(place: str, to: str, journal: str = "", no_journal_because: str = "", actor: str = "") -> restore.Restored:
    """Restore a copy to an empty place, without what was erased since."""
    return restore.restore(place, to, actor or getpass.getuser(), journal, no_journal_because)


def receipts(root: str = "") -> list[Receipt]:
    """Every receipt."""
    return verify.receipts(open_root(root))


def evalset_add(name: str, file: Path, group: str = "", root: str = "", actor: str = "") -> EvalSet:
    """Register an evaluation set, or make its next version; `group` may read and change it."""
    return versions.add_evalset(root, name, file, actor or getpass.getuser(), group)


def evalset_rotate(
    name: str,
    file: Path,
    retire: Sequence[str] = (),
    on: date | None = None,
    until: date | None = None,
    root: str = "",
    actor: str = "",
) -> EvalSet:
    """Bring new items in and retire others, by default all that the file does not hold; they are screened for before the day `until`."""
    return versions.rotate_evalset(root, name, file, actor or getpass.getuser(), retire, on, until)


def evalset_list(root: str = "") -> list[Listed]:
    """Every registered evaluation set, as counts and keyed hashes."""
    return evalsets.listed(open_root(root))


def evalset_show(name: str, user: str, version: int = 0, root: str = "") -> list[Item]:
    """The items of a set, for a principal of its group; raises `Forbidden`."""
    return showing.show_items(root, name, user, version)


def evalset_history(name: str, root: str = "") -> list[Screened]:
    """The versions of a set, and which captures each of them screened."""
    return screened.history(root, name)


def evalset_remove(name: str, root: str = "", actor: str = "") -> Removed:
    """Remove a set for good: its items, and what evidence says of them."""
    return removing.remove_evalset(root, name, actor or getpass.getuser())


def lineage_sql(query: str, root: str = "") -> pa.Table:
    """SQL over the ledger and what stands now."""
    return tables.query(root, query)


def audit_verify(root: str = "", actor: str = "", against: Path | None = None) -> audit.Audit:
    """Check the ledger, all that it speaks of, and every digest; `against` is a checkpoint that was kept elsewhere."""
    return audit.verify_root(root, actor or getpass.getuser(), against)


def audit_checkpoint(root: str = "", actor: str = "", since: bytes = b"") -> bytes:
    """A signed checkpoint of the ledger as a C2SP note; with an older one, the proof that the ledger only grew since."""
    if since:
        return checkpoints.prove_consistency(root, since, actor or getpass.getuser())
    return checkpoints.checkpoint(root, actor or getpass.getuser()).note


def audit_prove(entry: int, root: str = "", actor: str = "") -> bytes:
    """A proof that the ledger holds an entry, as a C2SP tlog-proof."""
    return checkpoints.prove_inclusion(root, entry, actor or getpass.getuser())


def audit_record(root: str = "") -> Activities:
    """The record of processing activities."""
    return records.record_of_processing(root)


def audit_access(document: str = "", user: str = "", since: datetime | None = None, root: str = "") -> list[access.Access]:
    """Who was shown what by a search, and when."""
    return access.accesses(root, document, user, since)


def audit_notice(request: str, sent: str = "", root: str = "", actor: str = "") -> list[Notice]:
    """Who must be told of an erasure, with a text for each; `sent` keeps that this recipient was told now."""
    if sent:
        notices.mark_sent(root, request, sent, actor or getpass.getuser())
    return notices.notices(root, request)


def recipient_register(
    name: str, purpose: str, contact: str, of: Sequence[str] = ("production",), transfer: str = "", root: str = "", actor: str = ""
) -> list[Recipient]:
    """Write down that somebody was given snapshots."""
    return recipients.register(root, name, of, purpose, contact, actor or getpass.getuser(), transfer)


def recipient_list(root: str = "") -> list[Recipient]:
    """Everybody who was given a snapshot."""
    return recipients.registered(open_root(root))
