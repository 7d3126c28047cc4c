"""What the ref has may stay: whole, without what no decision admits any more, or not at all."""

from datetime import datetime

import polars as pl

from muniment.core import decisions
from muniment.errors import NotApproved, RegistryError
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import APPROVALS, Standing
from muniment.schemas.snapshot import Part
from muniment.schemas.source import Lane, Source, Status
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root
from muniment.tasks import policies, rules
from muniment.tasks.derive import frame
from muniment.tasks.evaluation import exact
from muniment.tasks.review import overrides, quarantine
from muniment.tasks.review.decide import counting, reviews_of, standing_of


def stands(root: Root, part: Part, ref: str, now: datetime) -> bool:
    """Whether a part may stay: its source is not suspended, in quarantine or in a lane that keeps it out, and its approval was not
    taken back. An approval that only grew old keeps what was promoted by it."""
    try:
        source = root.registry.get(part.source)
        require_lane(root, source, ref)
        quarantine.require_released(root, part.source)
        judgement = root.manifests.get("judgements", part.judgement, Judgement)
    except (RegistryError, NotApproved):
        return False
    held = standing_of(root, judgement, now)
    return source.status is not Status.SUSPENDED and _approved(root, judgement, held)


def require_lane(root: Root, source: Source, ref: str) -> None:
    """Raise `NotApproved` where a source's lane keeps it out of a ref."""
    if source.lane is Lane.BLOCKED:
        raise NotApproved(f"{source.id} is in the blocked lane.", "Move it to another lane first.")
    allowed = policies.current(root).lanes.research_refs
    if source.lane is Lane.RESTRICTED and ref not in allowed:
        raise NotApproved(
            f"{source.id} is in the restricted lane.", f"Promote it for research alone: to {', '.join(allowed) or 'no ref yet'}."
        )


def _approved(root: Root, judgement: Judgement, held: Standing) -> bool:
    if held.whole is not None:
        return held.whole.decision in APPROVALS
    last = next((each for each in reversed(counting(root, judgement)) if each.whole), None)
    return last is not None and last.decision in APPROVALS and last.until is None


def narrowed(root: Root, part: Part, now: datetime) -> Part:
    """A part whose approval is void for something new: what was promoted stays, without what an override admitted that ended, or a later
    decision refused. Judged by the policy under which the part was made."""
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    end_lapsed(root, part.source, part.judgement, now)
    held = standing_of(root, judgement, now)
    if part.review == held.name or not (part.decisions and (held.groups or held.documents or len(part.decisions) > 1)):
        return part
    effect = held.effect.model_copy(update={"whole": part.decision})
    policy = rules.policy_named(root, judgement.policy)
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT))
    admitted = decisions.admitted(verdicts, effect, policy)["doc_id"].implode()
    left = _left(root, part, pl.col("doc_id").is_in(admitted))
    return left.model_copy(update={"review": held.name, "decisions": held.decisions})


def without_items(root: Root, part: Part) -> Part:
    """A part without what is an evaluation item by now: a set can be registered after its documents were promoted."""
    judged = root.manifests.get("judgements", part.judgement, Judgement).shards if exact.state(root) else ()
    items = exact.barred(root, [each.shard for each in judged]).to_pylist()
    return _left(root, part, ~pl.col("doc_id").is_in(items)) if items else part


def end_lapsed(root: Root, source: str, judgement: str, now: datetime) -> None:
    """Record that overrides of a judgement are over whose day has passed."""
    overrides.end(root, source, overrides.lapsed(reviews_of(root, judgement), now), "LAPSED", "policy:overrides")


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
