"""What waits for a decision: judgements that nobody approved yet, or whose approval holds no more."""

from datetime import UTC, datetime

from muniment.core.decisions import holds
from muniment.errors import NotApproved
from muniment.policies.policy import Policy
from muniment.schemas.capture import Judgement
from muniment.schemas.review import APPROVALS, Decision
from muniment.schemas.source import Record, Source, Status
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.judge import standing
from muniment.tasks.review import approvers, quarantine, risk
from muniment.tasks.review.decide import counting, needed_for, require_current, standing_of


class Pending(Record):
    """A judgement that waits: why, since when (hours: for how long), for whom, and how risky it is."""

    source: str
    judgement: str
    capture: str
    documents: int
    stopped: int  # held or rejected
    why: str
    since: datetime | None
    hours: float
    steward: str
    others: tuple[str, ...]  # members of the groups that may decide about every source
    lane: str  # that it takes: the source's own, or the stricter one that its risk needs
    risk: float


def pending(uri: str, now: datetime | None = None) -> list[Pending]:
    """Everything that waits for a decision, the longest first. Rejected captures and sources that feed nothing do not wait."""
    root, now = open_root(uri), now or datetime.now(UTC)
    policy, times = policies.current(root), judged_at(root)
    found = []
    for judgement in standing(root):
        source = root.registry.get(judgement.source)
        if source.status is Status.APPROVED and (why := waits_for(root, judgement, policy, now)):
            found.append(_row(root, judgement, source, policy, why, times.get(judgement.id), now))
    return sorted(found, key=lambda each: (-each.hours, each.source))


def waits_for(root: Root, judgement: Judgement, policy: Policy, now: datetime) -> str:
    """Why a judgement waits for a decision; empty when it does not."""
    if quarantine.quarantined(root, judgement.source):
        return "in quarantine: release it first"
    reviews = [each for each in counting(root, judgement) if each.whole]
    if not reviews:
        return "nobody has decided"
    last, held = reviews[-1], standing_of(root, judgement, now).whole
    if last.decision is Decision.REJECT:
        return ""
    if last.decision not in APPROVALS:
        return "on hold" if last.decision is Decision.HOLD else "the approval was withdrawn"
    if held is None or held.decision not in APPROVALS:
        expired = not holds(last, now, policy.approvals)
        return "the approval has expired" if expired else f"it needs {needed_for(root, judgement, policy)} approvals"
    try:
        require_current(root, judgement)
    except NotApproved:
        return "the approval is void: what it was bound to changed"
    return ""


def judged_at(root: Root) -> dict[str, datetime]:
    """When each judgement was made, as the ledger tells."""
    query = """SELECT l.id, max(e.time) AS made FROM entries e JOIN links l ON l.sequence = e.sequence
               WHERE e.kind = 'judgement.completed' AND l.role = 'output' AND l.type = 'judgement' GROUP BY l.id"""
    return {row["id"]: row["made"] for row in root.lineage.sql(query).to_pylist()}


def _row(
    root: Root, judgement: Judgement, source: Source, policy: Policy, why: str, since: datetime | None, now: datetime
) -> Pending:
    assessed = risk.assess(root, judgement)
    return Pending(
        source=source.id,
        judgement=judgement.id,
        capture=judgement.capture,
        documents=sum(judgement.actions.values()),
        stopped=judgement.actions.get("hold", 0) + judgement.actions.get("reject", 0),
        why=why,
        since=since,
        hours=round((now - since).total_seconds() / 3600, 1) if since else 0.0,
        steward=source.steward,
        others=approvers.entitled(root, source, policy)[1:],
        lane=str(assessed.lane),
        risk=assessed.score,
    )
