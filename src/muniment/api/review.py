"""Decisions: packs, approvals, audits of samples, and proof that the rules block."""

import getpass
from collections.abc import Sequence
from datetime import date

from muniment.schemas.review import Decision, Pack, Review
from muniment.schemas.sample import Audited, Opinion, Sample
from muniment.store.root import open_root
from muniment.tasks import pack, policies, prove
from muniment.tasks.review import decide as reviewing
from muniment.tasks.review import pending as waiting
from muniment.tasks.review import samples
from muniment.tasks.review.identity import identity


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
