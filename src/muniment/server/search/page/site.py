"""Serves the page, signs browsers in and out, and shows the reference of the API."""

import base64
import time
from pathlib import Path
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from muniment.server.asgi import peer_of
from muniment.server.people import Caller, Proxy
from muniment.server.search.callers import signed_in
from muniment.server.search.page.reference import reference
from muniment.server.search.problems import Refused, unknown
from muniment.server.search.service import Service
from muniment.server.search.sessions import COOKIE, begun
from muniment.server.sign_in import caller_of

site = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_STATIC = {"page.css": "text/css", "page.js": "text/javascript", "mark.svg": "image/svg+xml"}


@site.get("/")
async def page(request: Request) -> Response:
    """The search page, or the way to it."""
    try:
        await signed_in(request)
    except Refused:
        if isinstance(_service(request).sign_in, Proxy):
            raise  # nobody can sign in here: the proxy must
        return RedirectResponse("/sign-in", 303)
    return _html("search.html")


@site.get("/sign-in")
async def door() -> Response:
    """Where a browser signs in."""
    return _html("sign_in.html")


@site.post("/session")
async def begin(request: Request) -> Response:
    """Begin a session with a name and a key, or with a token alone."""
    service = _service(request)
    service.admit(f"sign-in {peer_of(request.scope)}")
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    caller = await _known(service, fields.get("name", "").strip(), fields.get("key", "").strip(), peer_of(request.scope))
    if caller is None or service.sign_in is None:
        return RedirectResponse("/sign-in?refused", 303)
    cookie, seconds = begun(service.session_key, caller, service.sign_in, time.time(), service.settings.hours)
    if not cookie:
        return RedirectResponse("/sign-in?refused", 303)
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, cookie, max_age=seconds, httponly=True, samesite="lax", secure=service.settings.secure, path="/")
    return response


@site.post("/session/end")
async def end(request: Request) -> Response:
    """End the session of this browser."""
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_service(request).settings.secure)
    return response


@site.get("/static/{name}")
async def static(name: str) -> Response:
    """The files that the page is made of."""
    if name not in _STATIC:
        raise unknown()
    return FileResponse(_HERE / name, media_type=_STATIC[name])


@site.get("/docs")
async def docs(request: Request) -> Response:
    """The reference of the API, written from its OpenAPI."""
    return HTMLResponse(reference(request.app.openapi()))


async def _known(service: Service, name: str, key: str, peer: str) -> Caller | None:
    """Who has that key; a name that is given must be theirs."""
    if not key or isinstance(service.sign_in, Proxy):
        return None
    given = f"Basic {base64.b64encode(f'{name}:{key}'.encode()).decode()}" if name else f"Bearer {key}"
    return await caller_of(service.sign_in, {"authorization": given}, peer)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _html(name: str) -> Response:
    return FileResponse(_HERE / name, media_type="text/html")
