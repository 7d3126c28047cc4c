"""What the service does by itself when something happens: made at its start, updated in place, never twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from muniment.tasks.announce import ERASURE_REQUESTED

ERASE = "muniment: erase what was asked for"
CRASHED = "muniment: mark runs whose process died"
_SILENT = timedelta(seconds=90)  # three heartbeats
_ENDED = tuple(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))


def automations(deployments: Mapping[str, Any]) -> list[Any]:
    """The automations (`AutomationCore`) over these deployments (name → id)."""
    from prefect.automations import AutomationCore, EventTrigger, Posture
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState, RunDeployment

    # The id of the request, and nothing else, goes from the event to the run.
    request = {"request": {"__prefect_kind": "jinja", "template": "{{ event.payload.request }}"}}
    return [
        AutomationCore(
            name=ERASE,
            description="An erasure request was written down: carry it out. What is missed here, `reconcile` finds.",
            trigger=EventTrigger(
                expect={ERASURE_REQUESTED},
                match={"prefect.resource.id": "muniment.erasure.*"},
                posture=Posture.Reactive,
                threshold=1,
            ),
            actions=[RunDeployment(source="selected", deployment_id=deployments["erase"], parameters=request, job_variables=None)],
        ),
        AutomationCore(
            name=CRASHED,
            description="A run says every 30 seconds that it lives. One that is silent for 90 died with its worker: it can be retried.",
            trigger=EventTrigger(
                after={"prefect.flow-run.heartbeat"},
                expect={"prefect.flow-run.heartbeat", *_ENDED},
                match={"prefect.resource.id": "prefect.flow-run.*"},
                for_each={"prefect.resource.id"},
                posture=Posture.Proactive,
                threshold=1,
                within=_SILENT,
            ),
            actions=[
                ChangeFlowRunState(
                    name=None, state=StateType.CRASHED, force=False, message="No sign of life for 90 seconds: its process died."
                )
            ],
        ),
    ]


async def keep_automations(client: Any, deployments: Mapping[str, Any]) -> None:
    """Make each automation, or bring the one of its name up to date; one that a person disabled stays disabled."""
    held = {each.name: each for each in await client.read_automations()}
    for wanted in automations(deployments):
        if found := held.get(wanted.name):
            await client.update_automation(found.id, wanted.model_copy(update={"enabled": found.enabled}))
        else:
            await client.create_automation(wanted)


async def await_signs(client: Any, deployments: Mapping[str, Any], now: datetime) -> int:
    """Start the clock of `CRASHED` anew for every run of ours that is shown as running; gives how many.

    Prefect forgets whom it waits for when an automation is brought up to date, and when it is killed. So each run is given one sign of
    life: of one that lives the next follows within 30 seconds, one that died with an earlier service is marked.
    """
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.objects import StateType

    ours = {"deployment_id": {"any_": list(deployments.values())}, "state": {"type": {"any_": [StateType.RUNNING]}}}
    left = await client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(ours))
    signs = [
        {
            "id": str(uuid4()),
            "occurred": now.isoformat(),
            "event": "prefect.flow-run.heartbeat",
            "resource": {"prefect.resource.id": f"prefect.flow-run.{each.id}"},
        }
        for each in left
    ]
    if signs:
        await client.request("POST", "/events", json=signs)
    return len(signs)
