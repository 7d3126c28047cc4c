"""Stands before Prefect's application: knows who asks, refuses what they may not do, and signs their name under what they do."""

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from muniment.server.allowed import RUN, STATE, allowed, may_set
from muniment.server.deployments import DECIDES, Deployments
from muniment.server.people import Caller, Keys, SignIn
from muniment.server.stamp import stamped
from muniment.tasks.service import TOKEN_HEADER

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_OPEN = ("/api/health", "/api/ready")
_BODY_LIMIT = 5_000_000  # bytes of a request that we read before we pass it on
# The page may talk to us alone; Prefect's UI needs its own inline styles and scripts, and pictures in the text of artifacts.
_HEADERS = {
    "content-security-policy": "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; "
    "base-uri 'self'; form-action 'self'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class Gate:
    """An ASGI application around another. Without `sign_in` everybody may do everything, and names are marked as typed."""

    def __init__(self, inner: Application, sign_in: SignIn | None, token: str) -> None:
        self._inner, self._sign_in, self._token = inner, sign_in, token
        self._deployments = Deployments(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = _headers(scope), scope["path"]
        if path in _OPEN or self._ours(headers):
            return await self._inner(scope, receive, send)
        caller = self._caller(scope, headers)
        if self._sign_in and not caller:
            return await _refuse(send, 401, "Sign in first.", isinstance(self._sign_in, Keys))
        if caller and not allowed(caller.role, scope["method"], path):
            return await _refuse(send, 403, f"The role {caller.role} may not do this.")
        if scope["method"] == "POST" and (run := RUN.match(path)):
            return await self._run(run[1], caller, scope, receive, send)
        if caller and (state := STATE.match(path)):
            return await self._state(state[1], caller, scope, receive, send)
        await self._inner(scope, receive, send)

    async def _run(self, deployment: str, caller: Caller | None, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = stamped(await _body(receive), await self._deployments.parameters(deployment), caller)
        except ValueError:
            return await _refuse(send, 422, "The request is no JSON object, or too large.")
        lengths = [each for each in scope["headers"] if each[0] != b"content-length"]
        scope = {**scope, "headers": [*lengths, (b"content-length", str(len(body)).encode())]}
        await self._inner(scope, _again(body), send)

    async def _state(self, run: str, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _body(receive)
            state = str(json.loads(body)["state"]["type"]).upper()
        except (ValueError, KeyError, TypeError):
            return await _refuse(send, 422, "The request names no state.")
        decides = await self._deployments.flow_of_run(run) in DECIDES
        if not may_set(caller.role, state, decides):
            return await _refuse(send, 403, f"The role {caller.role} may not set this run to {state}.")
        await self._inner(scope, _again(body), send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if not self._ours(headers):
            known = not self._sign_in or (self._caller(scope, headers) and not scope["path"].endswith("/in"))
            # Browsers send credentials with any page's handshake, and no page but ours may use them.
            if not known or not _same_origin(headers):
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})
                return
        await self._inner(scope, receive, send)

    def _ours(self, headers: dict[str, str]) -> bool:
        return bool(self._token) and hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self._token.encode())

    def _caller(self, scope: Scope, headers: dict[str, str]) -> Caller | None:
        peer = (scope.get("client") or ("0.0.0.0", 0))[0]
        return self._sign_in.caller(headers, peer) if self._sign_in else None


def _headers(scope: Scope) -> dict[str, str]:
    """Header → value. What is given twice is not believed: proxies and we might read different ones."""
    seen: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        seen[key] = "" if key in seen else value.decode("latin-1")
    return seen


def _same_origin(headers: dict[str, str]) -> bool:
    origin = headers.get("origin")
    return not origin or urlsplit(origin).netloc in (headers.get("host"), headers.get("x-forwarded-host"))


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return sending


def _again(body: bytes) -> Receive:
    sent = False

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _BODY_LIMIT:
            raise ValueError("too large")
    return body


async def _refuse(send: Send, status: int, why: str, ask: bool = False) -> None:
    payload = json.dumps({"detail": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(payload)).encode())]
    if ask:
        headers.append((b"www-authenticate", b'Basic realm="Muniment", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})
