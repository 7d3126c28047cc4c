"""Which captures wait for a steward, and telling it: an event when one is due and when it is overdue, once each."""

from datetime import UTC, datetime
from typing import Literal

from muniment.core.waiting import state
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record, Status
from muniment.store.root import Root, open_root
from muniment.tasks import announce, policies
from muniment.tasks.forms import forms
from muniment.tasks.judge import standing
from muniment.tasks.review import latest
from muniment.tasks.risk import assess
from muniment.tasks.step import run_id, step

ARTIFACT = "waiting-for-a-steward"


class Waiting(Record):
    """A judgement that nobody has decided about. hours: since it was made; tell: whom, at this stage."""

    judgement: str
    capture: str
    source: str
    lane: str
    risk: float
    since: datetime
    hours: float
    state: Literal["waiting", "due", "overdue"]
    tell: str


@step
def remind(uri: str, actor: str) -> list[Waiting]:
    """What waits, the longest first. Each is announced once when it is due and once when it is overdue, and that is recorded."""
    root = open_root(uri)
    found = waiting(root, datetime.now(UTC))
    for each in found:
        _tell(root, each, actor)
    _show(found)
    return found


def waiting(root: Root, now: datetime) -> list[Waiting]:
    """Standing judgements without a decision, of sources that feed the corpus."""
    times, reviews, found = _judged(root), policies.current(root).reviews, list[Waiting]()
    for judgement in standing(root):
        source = root.registry.get(judgement.source)
        if source.status is not Status.APPROVED or latest(root, judgement.id):
            continue
        since = times.get(judgement.id, now)
        hours = (now - since).total_seconds() / 3600
        reached = state(hours, reviews)
        found.append(
            Waiting(
                judgement=judgement.id,
                capture=judgement.capture,
                source=source.id,
                lane=str(assess(root, judgement).lane),
                risk=assess(root, judgement).score,
                since=since,
                hours=round(hours, 1),
                state=reached,
                tell=(reviews.escalate_to or source.owner) if reached == "overdue" else source.steward,
            )
        )
    return sorted(found, key=lambda each: (each.since, each.source))


def _judged(root: Root) -> dict[str, datetime]:
    """Judgement → when it was made last."""
    query = """SELECT l.id, max(e.time) AS at FROM entries e JOIN links l USING (sequence)
               WHERE e.kind = 'judgement.completed' AND l.role = 'output' AND l.type = 'judgement' GROUP BY l.id"""
    return {row["id"]: row["at"] for row in root.lineage.sql(query).to_pylist()}


def _tell(root: Root, each: Waiting, actor: str) -> None:
    for stage in ("due", "overdue") if each.state == "overdue" else ("due",) if each.state == "due" else ():
        key = f"{each.judgement}:{stage}:{each.since.isoformat()}"
        if root.lineage.recorded(EntryKind.REVIEW_DUE, key):
            continue
        # First the event, whose id follows from the key, then the entry: after a crash it is raised again and counts once.
        announce.review_waits(stage, key, each.model_dump(mode="json", include=_TOLD), each.source)
        root.record(
            Draft(
                kind=EntryKind.REVIEW_DUE,
                actor=actor,
                run=run_id(),
                key=key,
                subjects=(f"source:{each.source}",),
                inputs=(f"judgement:{each.judgement}",),
                counts={"hours": int(each.hours)},
                reasons=(stage.upper(),),
            )
        )


_TOLD = {"judgement", "capture", "lane", "risk", "hours"}  # of an event: no names of people


def _show(found: list[Waiting]) -> None:
    if not run_id():
        return
    from prefect.artifacts import create_markdown_artifact

    opened = forms()
    lines = [f"# {len(found)} waiting for a steward", ""] if found else ["# Nothing waits for a steward", ""]
    if found:
        lines += ["| Source | State | Hours | Lane | Risk | Decide |", "| --- | --- | ---: | --- | --- | --- |"]
    for each in found:
        link = opened.review(each.judgement)
        decide = f"[open the form]({link})" if link else f"`muniment review {each.source}`"
        mark = f"**{each.state}**" if each.state != "waiting" else each.state
        lines.append(f"| {each.source} | {mark} | {each.hours:,.0f} | {each.lane} | {each.risk:.0f} | {decide} |")
    description = f"{len(found)} waiting, {sum(each.state == 'overdue' for each in found)} overdue"
    create_markdown_artifact("\n".join(lines), key=ARTIFACT, description=description)
