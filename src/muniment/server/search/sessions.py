"""Browsers stay signed in by a signed cookie that holds no key, and ends with the working day."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import jwt

from muniment.schemas.canonical import sha256
from muniment.server.people import Caller, Keys
from muniment.server.sign_in import SignIn

COOKIE = "muniment-session"
_FOR = "muniment-search-page"
_LONGEST = 3800  # characters: browsers drop longer cookies


def begun(key: bytes, caller: Caller, asked: SignIn, now: float, hours: float) -> tuple[str, int]:
    """A session's cookie and how many seconds it lasts: never longer than the token that it began with. Empty when it would be too long."""
    ends = int(now + hours * 3600)
    ends = min(ends, caller.until) if caller.until else ends
    said = {"aud": _FOR, "exp": ends, "mark": _mark(asked, caller.name), "caller": caller.model_dump(mode="json")}
    cookie = jwt.encode(said, key, "HS256")
    return (cookie, ends - int(now)) if len(cookie) <= _LONGEST else ("", 0)


def caller_of_session(key: bytes, headers: Mapping[str, str], asked: SignIn) -> Caller | None:
    """Whose session it is; None for one that has ended, that was not made here, or whose key was replaced or taken away."""
    cookie = _cookie(headers)
    try:
        said: dict[str, Any] = (
            jwt.decode(cookie, key, ["HS256"], audience=_FOR, options={"require": ["exp", "aud"]}) if cookie else {}
        )
    except jwt.PyJWTError:
        return None
    if not said:
        return None
    caller = Caller.model_validate(said["caller"])
    if said["mark"] != _mark(asked, caller.name):
        return None
    return caller.model_copy(update={"role": asked.people[caller.name].role}) if isinstance(asked, Keys) else caller


def _mark(asked: SignIn, name: str) -> str:
    """What changes with somebody's key: nothing without one."""
    if not isinstance(asked, Keys):
        return type(asked).__name__
    person = asked.people.get(name)
    return sha256(f"session {person.key}".encode())[:32] if person else "nobody"


def _cookie(headers: Mapping[str, str]) -> str:
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""
