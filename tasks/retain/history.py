"""Prefect's own history: runs and artifacts through its API, what that cannot reach in its database where that is ours."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from muniment.policies.retention import Kind, Retention
from muniment.schemas.source import Record
from muniment.store.root import open_root
from muniment.tasks.retain import database
from muniment.tasks.retain.retention import in_force
from muniment.tasks.retain.windows import cut
from muniment.tasks.step import run_id, step

_BATCH = 200  # as many as one request may name
_ENDED = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
_AWAY = "flow runs and artifacts: no Prefect server answers"


class Forgotten(Record):
    """How much of Prefect's history went, by kind, and what was put off and why."""

    counts: dict[str, int]
    put_off: tuple[str, ...] = ()


@step
def forget_history(uri: str, at: datetime) -> Forgotten:
    """Remove what outlived its window of runs that ended. Nothing of a run that waits, runs or is paused goes."""
    policy, counts, put_off = in_force(open_root(uri), at), dict[str, int](), list[str]()
    if run_id() or os.environ.get("PREFECT_API_URL"):
        counts |= _by_api(policy, at)
    elif database.file_of(uri):
        put_off.append(_AWAY)
    rest = database.forget(uri, policy, at)
    return Forgotten(counts={**counts, **rest.counts}, put_off=(*put_off, *rest.put_off))


def _by_api(policy: Retention, at: datetime) -> dict[str, int]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        artifacts = sum(1 for each in list(_artifacts(client, policy, at)) if _delete(client, f"/artifacts/{each}"))
        return {Kind.FLOW_RUNS.value: _runs(client, policy, at), Kind.ARTIFACTS.value: artifacts}


def _runs(client: Any, policy: Retention, at: datetime) -> int:
    before, removed = cut(policy.window[Kind.FLOW_RUNS], at), 0
    if before is None:
        return 0
    wanted = {"state": {"type": {"any_": _ENDED}}, "end_time": {"before_": before.isoformat()}}
    while gone := client.request("POST", "/flow_runs/bulk_delete", json={"flow_runs": wanted}).json()["deleted"]:
        removed += len(gone)
    return removed


def _artifacts(client: Any, policy: Retention, at: datetime) -> Iterator[str]:
    """Ids of artifacts that are due and whose run ended or is gone."""
    before = cut(policy.window[Kind.ARTIFACTS], at)
    if before is None:
        return
    open_runs, offset = _open_runs(client), 0
    while page := _page(client, "/artifacts/filter", {"offset": offset, "sort": "ID_DESC"}):
        for each in page:
            if datetime.fromisoformat(each["created"]) <= before and each["flow_run_id"] not in open_runs:
                yield str(each["id"])
        offset += len(page)


def _open_runs(client: Any) -> set[str]:
    wanted, offset, found = {"state": {"type": {"not_any_": _ENDED}}}, 0, set[str]()
    while page := _page(client, "/flow_runs/filter", {"flow_runs": wanted, "offset": offset}):
        found |= {str(each["id"]) for each in page}
        offset += len(page)
    return found


def _page(client: Any, address: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return list(client.request("POST", address, json={**asked, "limit": _BATCH}).json())


def _delete(client: Any, address: str) -> bool:
    from prefect.exceptions import ObjectNotFound

    try:
        client.request("DELETE", address)
    except ObjectNotFound:
        return False  # somebody else was first
    return True
