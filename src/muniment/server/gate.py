"""Stands before Prefect's application: knows who asks, refuses what they may not do, and signs their name under what they do."""

import hmac
import json

from muniment.server.allowed import RUN, STATE, allowed, may_set
from muniment.server.asgi import (
    GUARDS,
    Application,
    Receive,
    Scope,
    Send,
    again,
    body_of,
    headers_of,
    peer_of,
    same_origin,
    with_headers,
)
from muniment.server.deployments import DECIDES, Deployments
from muniment.server.people import Caller, Keys
from muniment.server.sign_in import SignIn, caller_of
from muniment.server.stamp import stamped
from muniment.tasks.service import TOKEN_HEADER

_OPEN = ("/api/health", "/api/ready")
_BODY_LIMIT = 5_000_000  # bytes of a request that we read before we pass it on
# The page may talk to us alone; Prefect's UI needs its own inline styles and scripts, and pictures in the text of artifacts.
_HEADERS = {
    "content-security-policy": "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; "
    "base-uri 'self'; form-action 'self'; object-src 'none'",
    **GUARDS,
}


class Gate:
    """An ASGI application around another. Without `sign_in` everybody may do everything, and names are marked as typed."""

    def __init__(self, inner: Application, sign_in: SignIn | None, token: str) -> None:
        self._inner, self._sign_in, self._token = inner, sign_in, token
        self._deployments = Deployments(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, with_headers(send, _HEADERS))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = headers_of(scope), scope["path"]
        if path in _OPEN or self._ours(headers):
            return await self._inner(scope, receive, send)
        caller = await caller_of(self._sign_in, headers, peer_of(scope))
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
            body = stamped(await body_of(receive, _BODY_LIMIT), await self._deployments.parameters(deployment), caller)
        except ValueError:
            return await _refuse(send, 422, "The request is no JSON object, or too large.")
        lengths = [each for each in scope["headers"] if each[0] != b"content-length"]
        scope = {**scope, "headers": [*lengths, (b"content-length", str(len(body)).encode())]}
        await self._inner(scope, again(body), send)

    async def _state(self, run: str, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await body_of(receive, _BODY_LIMIT)
            state = str(json.loads(body)["state"]["type"]).upper()
        except (ValueError, KeyError, TypeError):
            return await _refuse(send, 422, "The request names no state.")
        decides = await self._deployments.flow_of_run(run) in DECIDES
        if not may_set(caller.role, state, decides):
            return await _refuse(send, 403, f"The role {caller.role} may not set this run to {state}.")
        await self._inner(scope, again(body), send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        if not self._ours(headers):
            known = not self._sign_in or (
                await caller_of(self._sign_in, headers, peer_of(scope)) and not scope["path"].endswith("/in")
            )
            # Browsers send credentials with any page's handshake, and no page but ours may use them.
            if not known or not same_origin(headers):
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})
                return
        await self._inner(scope, receive, send)

    def _ours(self, headers: dict[str, str]) -> bool:
        return bool(self._token) and hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self._token.encode())


async def _refuse(send: Send, status: int, why: str, ask: bool = False) -> None:
    payload = json.dumps({"detail": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(payload)).encode())]
    if ask:
        headers.append((b"www-authenticate", b'Basic realm="Muniment", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})
