"""How people and programs prove who they are: the one place that both our gate and the search service ask."""

import asyncio
import os
from collections.abc import Mapping

from muniment.errors import PolicyError
from muniment.server.oidc import Oidc, trusting
from muniment.server.people import Caller, Keys, Proxy, behind, read

SignIn = Proxy | Keys | Oidc

# How the service tells its server processes what to ask of people.
AUTH, HEADER, GROUPS, PROXIES, PEOPLE, ISSUER, AUDIENCE, KEY_SET, NAME_CLAIM = (
    f"MUNIMENT_{name}"
    for name in (
        "AUTH",
        "TRUSTED_HEADER",
        "TRUSTED_GROUPS_HEADER",
        "TRUSTED_PROXIES",
        "PEOPLE",
        "OIDC_ISSUER",
        "OIDC_AUDIENCE",
        "OIDC_KEYS",
        "OIDC_NAME",
    )
)


def sign_in(environment: "os._Environ[str] | Mapping[str, str]") -> SignIn | None:
    """The sign-in that an environment asks for, None for none; raises `PolicyError` when it cannot work."""
    mode, people = environment.get(AUTH, "none"), environment.get(PEOPLE, "")
    if mode == "none":
        return None
    if mode == "proxy":
        return behind(environment.get(HEADER, ""), environment.get(PROXIES, ""), people, environment.get(GROUPS, ""))
    if mode == "oidc":
        given = (environment.get(ISSUER, ""), environment.get(AUDIENCE, ""), environment.get(KEY_SET, ""))
        return trusting(*given, environment.get(NAME_CLAIM, "") or "sub", read(people) if people else None)
    if mode == "api-keys":
        return Keys(people=read(people))
    raise PolicyError(f"There is no sign-in {mode!r}.", "Choose none, proxy, api-keys or oidc.")


async def caller_of(asked: SignIn | None, headers: Mapping[str, str], peer: str) -> Caller | None:
    """Who asks; None without a sign-in and for nobody who is known. An issuer's keys may have to be fetched: nobody else waits for that."""
    if asked is None:
        return None
    if isinstance(asked, Oidc) and not asked.knows(headers):
        return await asyncio.to_thread(asked.caller, headers, peer)
    return asked.caller(headers, peer)
