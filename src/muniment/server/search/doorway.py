"""Stands before the search application: reads a request within its bounds, sets what every answer carries, and writes one line to the log."""

import asyncio
import contextlib
import time
import uuid

from muniment.server.asgi import (
    GUARDS,
    Application,
    Receive,
    Scope,
    Send,
    TooLarge,
    again,
    body_of,
    headers_of,
    same_origin,
    with_headers,
)
from muniment.server.search import journal
from muniment.server.search.counts import Counts
from muniment.server.search.problems import Refused, respond
from muniment.server.search.settings import Settings

_HEADERS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    **GUARDS,
}
_READS = ("GET", "HEAD", "OPTIONS")


class Doorway:
    """An ASGI application around another."""

    def __init__(self, inner: Application, settings: Settings, counts: Counts) -> None:
        self._inner, self._settings, self._counts = inner, settings, counts
        secure = {"strict-transport-security": "max-age=31536000"} if settings.secure else {}
        self._headers = {**_HEADERS, **secure}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._inner(scope, receive, send)
        identifier, started, status = uuid.uuid4().hex, time.monotonic(), 500

        async def sending(message: Scope) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with contextlib.suppress(Exception):  # answered and noted inside; the server's own log would quote it
                await self._bounded(scope, receive, with_headers(sending, {**self._headers, "x-request-id": identifier}))
        finally:
            took, route = time.monotonic() - started, getattr(scope.get("route"), "path", "") or "none"
            journal.request_done(identifier, scope["method"], route, status, took * 1000)
            self._counts.request(route, status, took)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        try:
            if scope["method"] not in _READS and not same_origin(headers):
                raise Refused(
                    403,
                    "other-origin",
                    "Refused",
                    "The request comes from another site's page.",
                    "Ask from a program, or from our page.",
                )
            body = await asyncio.wait_for(self._read(headers, receive), self._settings.seconds)
        except TimeoutError:
            return await _tell(
                Refused(408, "too-slow", "Too slow", "The request did not arrive in time.", "Send it at once."),
                scope,
                receive,
                send,
            )
        except TooLarge:
            refused = Refused(
                413, "too-large", "Too large", f"A request holds at most {self._settings.body:,} bytes.", "Ask more briefly."
            )
            return await _tell(refused, scope, receive, send)
        except Refused as refused:
            return await _tell(refused, scope, receive, send)
        await self._inner(scope, _followed(body, receive), send)

    async def _read(self, headers: dict[str, str], receive: Receive) -> bytes:
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._settings.body:
            raise TooLarge("too large")
        return await body_of(receive, self._settings.body)


def _followed(body: bytes, receive: Receive) -> Receive:
    """The body, then whatever the connection says next: that the client has gone, for one."""
    first, read = again(body), False

    async def receiving() -> Scope:
        nonlocal read
        if read:
            return await receive()
        read = True
        return await first()

    return receiving


async def _tell(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    await respond(refused.problem, refused.headers)(scope, receive, send)
