"""Tell whoever listens that something needs a look: Prefect events, which automations can act on. They carry ids and counts alone."""

from muniment.policies.policy import Policy
from muniment.schemas.capture import Judgement
from muniment.tasks.step import run_id

DISAGREED = "muniment.detectors.disagreed"


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
