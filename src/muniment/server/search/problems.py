"""Errors as RFC 9457 problem details: what is wrong, and what to do about it. None quotes what was asked."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from muniment.errors import Forbidden, MunimentError, NotFound, Retry, Superseded
from muniment.schemas.source import Record
from muniment.server.search.journal import noted

MEDIA = "application/problem+json"


class Wrong(Record):
    """One field of a request that cannot be taken."""

    field: str
    why: str


class Problem(Record):
    """Problem details (RFC 9457) with two members of ours: `remedy` says what to do, `fields` which field is wrong."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    fields: tuple[Wrong, ...] = ()


class Refused(Exception):
    """A request that is not carried out. after: seconds until it may be tried again."""

    def __init__(self, status: int, code: str, title: str, detail: str, remedy: str = "", after: float = 0) -> None:
        super().__init__(code)
        self.problem = Problem(type=f"urn:muniment:problem:{code}", title=title, status=status, detail=detail, remedy=remedy)
        self.headers = {"retry-after": str(max(1, round(after + 0.5)))} if after else {}
        if status == 401:
            self.headers["www-authenticate"] = 'Bearer realm="muniment"'


def unknown() -> Refused:
    """The one answer for what is not there and what this caller may not see."""
    return Refused(
        404,
        "not-found",
        "Not found",
        "Nothing of that name is here for you.",
        "Check the id; or ask the owner of the source for access.",
    )


def problems(app: FastAPI) -> None:
    """Make every error of an application one of these."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(MunimentError, _muniment)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The response that carries a problem."""
    return Response(problem.model_dump_json(exclude_defaults=True), problem.status, headers, MEDIA)


def refusal(error: MunimentError) -> Refused:
    """What a caller is told about an error of ours. Its own message may name what only an operator should see: that goes to the log."""
    if isinstance(error, Retry | Superseded):
        return Refused(
            503,
            "again",
            "Try again",
            "The corpus changed or could not be reached while this was answered.",
            "Send the same request again.",
            1,
        )
    if isinstance(error, Forbidden):
        return Refused(
            403,
            "unknown-principal",
            "No access",
            "You are signed in, but nobody gave you access to this corpus.",
            "Ask for an entry among its principals.",
        )
    if isinstance(error, NotFound):
        return Refused(
            503,
            "no-index",
            "Nothing to search",
            "No index is served under this ref.",
            "An operator builds one: `muniment index build`.",
            30,
        )
    return Refused(
        503,
        "unfit",
        "Out of order",
        "The index cannot be served as it is.",
        "An operator finds the reason in the log of the service.",
        30,
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return respond(error.problem, error.headers)


async def _muniment(request: Request, error: Exception) -> Response:
    assert isinstance(error, MunimentError)
    noted(error)
    return await _refused(request, refusal(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = tuple(Wrong(field=_field(each["loc"]), why=str(each["msg"])) for each in error.errors())
    return respond(
        Problem(
            type="urn:muniment:problem:invalid",
            title="Not understood",
            status=422,
            detail="The request does not have the form that the API takes.",
            remedy="Correct the fields named; `/openapi.json` shows the form.",
            fields=fields[:20],
        )
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return await _refused(request, unknown())
    title = {405: "Not that way", 400: "Not understood"}.get(error.status_code, "Not possible")
    problem = Problem(
        type="about:blank",
        title=title,
        status=error.status_code,
        detail="This path does not take that request.",
        remedy="See /docs.",
    )
    return respond(problem, dict(error.headers or {}))


async def _unforeseen(request: Request, error: Exception) -> Response:
    noted(error)
    return await _refused(
        request,
        Refused(500, "failed", "Failed", "This went wrong on our side.", "Send it again; if it fails again, tell the operator."),
    )


def _field(location: tuple[int | str, ...]) -> str:
    """Where it is, by names of ours alone: an unknown field's name is the caller's text."""
    return ".".join(str(each) for each in location if isinstance(each, int) or each.isidentifier())[:60]
