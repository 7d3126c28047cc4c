"""Which captures wait for a steward, and telling it: an event when one is due and when it is overdue, once each."""

from datetime import UTC, datetime

from muniment.core.waiting import State, state
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.tasks import announce, policies
from muniment.tasks.review.forms import forms
from muniment.tasks.review.pending import Pending, pending
from muniment.tasks.step import run_id, step

ARTIFACT = "waiting-for-a-steward"


class Waiting(Pending):
    """A judgement that waits, how urgent that is, and whom to tell at this stage."""

    state: State
    tell: str


@step
def remind(uri: str, actor: str) -> list[Waiting]:
    """What waits, the longest first. Each is announced once when it is due and once when it is overdue, and that is recorded."""
    root = open_root(uri)
    found = waiting(uri, datetime.now(UTC))
    for each in found:
        _tell(root, each, actor)
    _show(found)
    return found


def waiting(uri: str, now: datetime) -> list[Waiting]:
    """What waits for a decision at a moment, by the times of the policy in force."""
    root = open_root(uri)
    reviews, found = policies.current(root).reviews, list[Waiting]()
    for each in pending(uri, now):
        reached, owner = state(each.hours, reviews), root.registry.get(each.source).owner
        told = (reviews.escalate_to or owner) if reached == "overdue" else each.steward
        found.append(Waiting(**each.model_dump(), state=reached, tell=told))
    return found


def _tell(root: Root, each: Waiting, actor: str) -> None:
    for stage in ("due", "overdue") if each.state == "overdue" else ("due",) if each.state == "due" else ():
        key = f"{each.judgement}:{stage}:{each.since}"
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
        lines += ["| Source | State | Hours | Why | Lane | Risk | Decide |", "| --- | --- | ---: | --- | --- | ---: | --- |"]
    for each in found:
        link = opened.review(each.judgement)
        decide = f"[open the form]({link})" if link else f"`muniment review {each.source}`"
        mark = f"**{each.state}**" if each.state != "waiting" else each.state
        lines.append(f"| {each.source} | {mark} | {each.hours:,.0f} | {each.why} | {each.lane} | {each.risk:.0f} | {decide} |")
    description = f"{len(found)} waiting, {sum(each.state == 'overdue' for each in found)} overdue"
    create_markdown_artifact("\n".join(lines), key=ARTIFACT, description=description)
