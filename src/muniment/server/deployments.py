"""What a request is about: asked of Prefect's application itself, past the gate."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

DECIDES = ("review",)  # flows that decide in somebody's name
_BASE = "http://muniment"


class Deployments:
    """Questions about deployments and runs, by their ids."""

    def __init__(self, inner: Callable[..., Awaitable[None]]) -> None:
        self._inner = inner

    async def parameters(self, deployment: str) -> set[str]:
        """Names of the parameters of a deployment; none when there is no such deployment."""
        found = await self._ask(f"/api/deployments/{UUID(deployment)}")
        return set((found.get("parameter_openapi_schema") or {}).get("properties") or ())

    async def flow_of_run(self, run: str) -> str:
        """Name of the flow that a run is of; empty when there is no such run."""
        found = await self._ask(f"/api/flow_runs/{UUID(run)}")
        flow = await self._ask(f"/api/flows/{found['flow_id']}") if found else {}
        return str(flow.get("name", ""))

    async def _ask(self, path: str) -> MutableMapping[str, Any]:
        import httpx

        transport = httpx.ASGITransport(app=self._inner)
        async with httpx.AsyncClient(transport=transport, base_url=_BASE) as client:
            answer = await client.get(path)
        return dict(answer.json()) if answer.status_code == 200 else {}
