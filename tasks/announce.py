"""Tell whoever listens that something needs a look: Prefect events, which automations can act on. They carry ids and counts alone."""

from uuid import UUID, uuid5

from muniment.policies.policy import Policy
from muniment.schemas.capture import Judgement
from muniment.store.root import Root
from muniment.tasks.service import reach
from muniment.tasks.step import run_id

DISAGREED = "muniment.detectors.disagreed"
ERASURE_REQUESTED = "muniment.erasure.requested"
REVIEW = "muniment.review"
RELEVANCE_DRIFTED = "muniment.relevance.drifted"
_NAMESPACE = UUID("0d1c1d3a-6f9f-4f0e-9a53-5b8a4a1c9f10")  # of the ids of our events


def disagreements(judgement: Judgement, policy: Policy) -> dict[str, int]:
    """Documents held by each rule about detectors that disagree."""
    codes = [rule.code for rule in policy.rule if rule.disagreement]
    return {code: judgement.reasons[code] for code in codes if judgement.reasons.get(code)}


def announce(judgement: Judgement, policy: Policy) -> None:
    """Raise the event of QUA-6 when detectors disagree about documents of a new judgement; outside of a flow run nobody listens."""
    if not run_id() or not (found := disagreements(judgement, policy)):
        return
    from prefect.events import emit_event

    emit_event(
        event=DISAGREED,
        resource={"prefect.resource.id": f"muniment.source.{judgement.source}", "prefect.resource.name": judgement.source},
        payload={"capture": judgement.capture, "judgement": judgement.id, "documents": found},
    )


def erasure_requested(root: Root, request: str) -> None:
    """Tell the service that a request waits to be carried out: its id alone. Without a service nobody listens, and the next
    reconciliation finds it."""
    if not run_id() and not reach(root):
        return
    from prefect.events import emit_event

    emit_event(
        event=ERASURE_REQUESTED, resource={"prefect.resource.id": f"muniment.erasure.{request}"}, payload={"request": request}
    )


def review_waits(stage: str, key: str, payload: dict[str, object], source: str) -> None:
    """Raise `muniment.review.due` or `.overdue`; the same `key` is the same event, however often it is raised."""
    if not run_id():
        return
    from prefect.events import emit_event

    emit_event(
        event=f"{REVIEW}.{stage}",
        resource={"prefect.resource.id": f"muniment.source.{source}", "prefect.resource.name": source},
        payload=payload,
        id=uuid5(_NAMESPACE, key),
    )


def relevance_drifted(root: Root, canary: str, run: str, payload: dict[str, object]) -> None:
    """Tell that the answers to a canary set moved further than the policy allows: ids and counts. The same run is the same event."""
    if not run_id() and not reach(root):
        return
    from prefect.events import emit_event

    emit_event(
        event=RELEVANCE_DRIFTED,
        resource={"prefect.resource.id": f"muniment.canary.{canary}", "prefect.resource.name": canary},
        payload={"run": run, **payload},
        id=uuid5(_NAMESPACE, f"{RELEVANCE_DRIFTED}/{run}"),
    )
