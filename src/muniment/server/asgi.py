"""What our applications share as ASGI applications: headers read and set, a body read once and handed on, whose page asks."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

GUARDS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}  # on every answer of ours


class TooLarge(ValueError):
    """A request's body is larger than what is read of one."""


def headers_of(scope: Scope) -> dict[str, str]:
    """Header → value. What is given twice is not believed: proxies and we might read different ones."""
    seen: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        seen[key] = "" if key in seen else value.decode("latin-1")
    return seen


def peer_of(scope: Scope) -> str:
    """The address at the other end of the connection."""
    return str((scope.get("client") or ("0.0.0.0", 0))[0])


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request came from our own page, or from no page. Browsers send credentials with any page's request."""
    origin = headers.get("origin")
    return not origin or urlsplit(origin).netloc in (headers.get("host"), headers.get("x-forwarded-host"))


def with_headers(send: Send, added: Mapping[str, str]) -> Send:
    """The same, with these headers on every answer."""
    pairs = [(name.encode(), value.encode()) for name, value in added.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *pairs]}
        await send(message)

    return sending


def again(body: bytes) -> Receive:
    """A `receive` that hands on a body that was read already."""
    sent = False

    async def receiving() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def body_of(receive: Receive, limit: int) -> bytes:
    """The whole body of a request; raises `TooLarge` beyond `limit` bytes."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise TooLarge("too large")
    return body
