"""Whether the service lives, whether it can answer, and what it counted."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response

from muniment.schemas.source import Record
from muniment.server.people import Caller, Role
from muniment.server.search.callers import signed_in
from muniment.server.search.problems import Refused
from muniment.server.search.routes import refusals
from muniment.server.search.service import Service
from muniment.tasks.search.served import prepared, writable

health = APIRouter()
_KEPT = 10.0  # seconds that what was found is believed: probes must not be work


class Alive(Record):
    """The process answers."""

    alive: bool = True


class Ready(Record):
    """Whether questions can be answered; `checks` by name are `ok` or the code of an error."""

    ready: bool
    checks: dict[str, str]


class Readiness:
    """The last checks."""

    def __init__(self, service: Service) -> None:
        self._service, self._lock = service, asyncio.Lock()
        self._found, self._at = Ready(ready=False, checks={}), float("-inf")

    async def now(self) -> Ready:
        """What holds now, looked at anew every few seconds."""
        async with self._lock:
            if time.monotonic() - self._at > _KEPT:
                self._found, self._at = await asyncio.to_thread(self._look), time.monotonic()
        return self._found

    def _look(self) -> Ready:
        service = self._service
        checks = {f"index of {ref}": prepared(service.root, ref) for ref in service.settings.refs} | {
            "ledger": writable(service.root)
        }
        return Ready(ready=set(checks.values()) == {"ok"}, checks=checks)


@health.get("/health", response_model=Alive, summary="Alive")
async def alive() -> Alive:
    """The process answers. Ask `/ready` whether it can search."""
    return Alive()


@health.get("/ready", response_model=Ready, summary="Ready", responses={503: {"model": Ready, "description": "Not ready."}})
async def ready(request: Request) -> Response:
    """The index opens, its encoder works, and an answer could be entered in the ledger."""
    readiness: Readiness = request.app.state.readiness
    found = await readiness.now()
    return Response(found.model_dump_json(), 200 if found.ready else 503, media_type="application/json")


@health.get("/metrics", response_class=PlainTextResponse, summary="Counts", responses=refusals(401, 403, 429))
async def metrics(caller: Annotated[Caller, Depends(signed_in)], request: Request) -> Response:
    """Counts for Prometheus, for operators: when others ask, and how long that takes, is nobody else's business."""
    if caller.role is not Role.OPERATOR:
        raise Refused(403, "operators", "No access", "Counts are for operators.", "Ask for that role in the people file.")
    request.app.state.service.admit(caller.name)
    return Response(request.app.state.counts.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
