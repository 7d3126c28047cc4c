"""The API: what can be asked, and what comes back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from muniment.errors import Forbidden
from muniment.schemas.search import Answer
from muniment.server.people import Caller
from muniment.server.search.asked import DESCRIBED, Asked, asked_of
from muniment.server.search.callers import counted_as, principal_of, signed_in
from muniment.server.search.problems import Problem, unknown
from muniment.server.search.service import Service
from muniment.server.search.sessions import COOKIE
from muniment.tasks.search.give import Cited, give
from muniment.tasks.search.search import answer
from muniment.tasks.search.served import Served, served

api = APIRouter(prefix="/v1")
Who = Annotated[Caller, Depends(signed_in)]

_MEANINGS = {
    401: "Nobody signed in.",
    403: "Signed in, but no principal of this corpus.",
    404: "Not there, or not for this caller: the answer is the same.",
    408: "The request did not arrive in time.",
    413: "The request is too large.",
    415: "The body is not `application/json`.",
    422: "The request does not have this form.",
    429: "Asked too often, or too much at once: see Retry-After.",
    503: "Nothing can be answered at the moment: see Retry-After.",
}


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these errors."""
    return {code: {"model": Problem, "description": _MEANINGS[code]} for code in codes}


@api.post(
    "/search",
    response_model=Answer,
    summary="Ask",
    responses=refusals(401, 403, 404, 408, 413, 415, 422, 429, 503),
    openapi_extra=DESCRIBED,
)
async def search(caller: Who, asked: Annotated[Asked, Depends(asked_of)], request: Request) -> Response:
    """The passages that answer best, of those that the caller may read, each with its papers. Every answer is entered in the ledger."""
    service = _service(request)
    _require_offered(service, asked.ref)

    def told() -> Answer:
        return answer(service.root, asked, principal_of(service.root, caller, "query", asked.text))

    return _json(await service.carry_out(counted_as(caller, request), told))


@api.get("/passages/{citation}", response_model=Cited, summary="Open a citation", responses=refusals(401, 403, 404, 422, 429, 503))
async def passage(
    citation: Annotated[str, Path(max_length=200)], caller: Who, request: Request, ref: str = "production"
) -> Response:
    """The passage of a citation, as the caller may read it now. What is not theirs and what is not there are refused alike."""
    service = _service(request)
    _require_offered(service, ref)

    def told() -> Cited:
        asking = principal_of(service.root, caller, "citation", citation)
        try:
            return give(service.root, citation, asking, ref)
        except Forbidden:
            raise unknown() from None

    return _json(await service.carry_out(counted_as(caller, request), told))


class Known(BaseModel):
    """Who the service takes you for."""

    name: str
    identity: str  # how you showed it
    session: bool  # by the session of a browser, which can be ended


@api.get("/caller", response_model=Known, summary="Who you are", responses=refusals(401, 403, 429))
async def caller(caller: Who, request: Request) -> Response:
    """Who the service takes you for."""
    _service(request).admit(counted_as(caller, request))
    return _json(Known(name=caller.name, identity=caller.identity, session=COOKIE in request.cookies))


@api.get("/corpus", response_model=Served, summary="What is served", responses=refusals(401, 403, 404, 422, 429, 503))
async def corpus(caller: Who, request: Request, ref: str = "production") -> Response:
    """Snapshot and index that answer now. Nothing is said of how much they hold."""
    service = _service(request)
    _require_offered(service, ref)

    def told() -> Served:
        principal_of(service.root, caller, "corpus", ref)  # whoever is nobody here learns nothing
        return served(service.root, ref)

    return _json(await service.carry_out(counted_as(caller, request), told))


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _require_offered(service: Service, ref: str) -> None:
    if ref not in service.settings.refs:
        raise unknown()


def _json(record: BaseModel) -> Response:
    return Response(record.model_dump_json(), media_type="application/json")
