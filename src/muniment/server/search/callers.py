"""Who asks the search service, and which principal they are."""

from collections.abc import Mapping

from fastapi import Request

from muniment.schemas.principal import Principal
from muniment.schemas.review import Identity
from muniment.server.asgi import headers_of, peer_of
from muniment.server.people import Caller, Role
from muniment.server.search.problems import Refused
from muniment.server.search.service import Service
from muniment.server.search.sessions import COOKIE, caller_of_session
from muniment.server.sign_in import caller_of
from muniment.store.root import Root
from muniment.tasks.access.claims import from_claims
from muniment.tasks.search.audit import known


async def signed_in(request: Request) -> Caller:
    """Who asks, by what they present or by the session of their browser; raises `Refused`."""
    service: Service = request.app.state.service
    headers, peer = headers_of(request.scope), peer_of(request.scope)
    caller = await caller_of(service.sign_in, headers, peer)
    if caller is None and service.sign_in and "authorization" not in headers:
        caller = caller_of_session(service.session_key, headers, service.sign_in)
    if caller is None and service.settings.anonymous and not _presents(headers):
        caller = Caller(name=service.settings.anonymous, role=Role.READER, identity=Identity.TYPED)
    if caller is None:
        raise Refused(
            401,
            "sign-in",
            "Sign in first",
            "Who you are was not shown, or is not known here.",
            "Send a key or token as `Authorization: Bearer …`.",
        )
    return caller


def counted_as(caller: Caller, request: Request) -> str:
    """Under which name requests are counted: strangers by their address, since they share a principal."""
    return caller.name if caller.identity is not Identity.TYPED else f"anonymous {peer_of(request.scope)}"


def principal_of(root: Root, caller: Caller, what: str, asked: str) -> Principal:
    """The principal that a caller is: by the claims that were checked, else by their name in the registry.

    Raises `Forbidden` for one to whom nobody gave anything, and enters that in the ledger. what: query or citation; asked: its text.
    """
    return from_claims(root, caller.claims) if caller.claims else known(root, caller.name, what, asked)


def _presents(headers: Mapping[str, str]) -> bool:
    """Whether anything is presented: what is wrong is refused, and not taken for a stranger's."""
    return "authorization" in headers or COOKIE in headers.get("cookie", "")
