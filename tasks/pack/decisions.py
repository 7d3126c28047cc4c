"""What each decision would do, and what was decided so far, by whom, and how surely it was them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from muniment.core.decisions import admitted, settle
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import APPROVALS, Decision, Effect, Identity, Review, Section
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import frame
from muniment.tasks.pack.facts import Facts
from muniment.tasks.pack.find import judged

_LAST = 6
_KNOWN = {
    Identity.TYPED: "a name that was typed",
    Identity.POLICY: "the policy, no person",
    Identity.PROXY: "signed in at the proxy",
    Identity.API_KEY: "held that person's key",
    Identity.TOKEN: "held a token of the issuer that signs people in",
}


def effects(facts: Facts) -> Section:
    """Documents of this source in production after each decision, against now."""
    now = _promoted(facts)
    # What was decided about groups and documents holds beside a decision about the whole.
    parts = settle(_reviews(facts, facts.judgement.id), 1, datetime.now(UTC), facts.policy.approvals).effect
    rows = tuple(_effect(facts, parts.model_copy(update={"whole": decision}), now) for decision in APPROVALS)
    others = (
        (f"**{Decision.HOLD}**", "nothing for now: it waits in quarantine", f"{len(now):,}", "", "", ""),
        (f"**{Decision.REJECT}**", "none of this capture", f"{len(now):,}", "", "", ""),
    )
    return Section(
        title="What a decision does",
        columns=("Decision", "Admits", "In production then", "New", "Gone", "Redacted"),
        rows=(*rows, *others),
        note=f"Production holds {len(now):,} documents of this source now. A promotion also needs the policy's gates to hold.",
    )


def _effect(facts: Facts, effect: Effect, now: pl.Series) -> tuple[str, ...]:
    then = admitted(facts.verdicts, effect, facts.policy)
    new = then.filter(~pl.col("doc_id").is_in(now.implode())).height
    gone = len(now) - (then.height - new)
    redacted = int((then["action"] == "redact").sum())
    what = "what the verdicts admit" if effect.whole is Decision.APPROVE else "and what is held for personal data alone, redacted"
    return f"**{effect.whole}**", what, f"{then.height:,}", f"{new:,}", f"{gone:,}", f"{redacted:,}"


def _promoted(facts: Facts) -> pl.Series:
    root = facts.root
    parts = [part for part in parts_of(root, shown(root, "production")) if part.source == facts.source.id]
    shards = [shard for part in parts for shard in part.shards]
    return frame(root.lake.read_all(shards, PROMOTED, ["doc_id"]))["doc_id"]


def last(facts: Facts) -> str:
    """The last decision about this judgement, in a line."""
    made = list(_reviews(facts, facts.judgement.id))
    return f"{made[-1].decision} by {made[-1].actor} ({_KNOWN[made[-1].identity]})" if made else "nothing: it waits for you"


def so_far(facts: Facts) -> Section:
    """The last decisions about this source, the latest first."""
    made = [each for identifier in judged(facts.root, facts.source.id)[-_LAST:] for each in _reviews(facts, identifier)]
    latest = sorted(made, key=lambda each: each.at, reverse=True)[:_LAST]
    rows = tuple(
        (f"{each.at:%Y-%m-%d %H:%M}", f"{each.decision}", _about(each, facts), each.actor, _KNOWN[each.identity]) for each in latest
    )
    note = "" if rows else "Nobody has decided about this source before."
    return Section(title="Decisions so far", columns=("When (UTC)", "Decision", "About", "By", "Known as"), rows=rows, note=note)


def _about(review: Review, facts: Facts) -> str:
    this = "this judgement" if review.judgement == facts.judgement.id else "an earlier one"
    if review.whole:
        return this
    named = [*review.groups, *([f"{len(review.documents):,} documents"] if review.documents else [])]
    return f"{', '.join(named)} of {this}"


def _reviews(facts: Facts, judgement: str) -> Iterator[Review]:
    for key in facts.root.objects.list(f"reviews/{judgement}/"):
        yield facts.root.manifests.record(key, Review)
