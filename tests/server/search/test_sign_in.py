"""Signing in with a browser: sessions begin with a key, hold none, and end."""

import time
from collections.abc import Callable

import httpx
import jwt
import pytest
from tests.answering import key_of
from tests.server.search.conftest import ask

from muniment.schemas.canonical import sha256
from muniment.schemas.review import Identity
from muniment.server.people import Caller, Keys, Person, Proxy, Role, behind
from muniment.server.search.application import application
from muniment.server.search.doorway import Doorway
from muniment.server.search.sessions import COOKIE, begun, caller_of_session
from muniment.server.search.settings import Settings
from muniment.store.root import open_root

Apps = Callable[..., Doorway]
KEY, NOW = b"k" * 32, time.time()
DANA = Caller(name="dana", role=Role.READER, identity=Identity.API_KEY)
KEYS = Keys(people={"dana": Person(key=sha256(b"dana's key"))})


def enter(app: Doorway, name: str, key: str) -> httpx.Response:
    return ask(app, "POST", "/session", data={"name": name, "key": key})


def test_a_name_and_its_key_begin_a_session_that_searches(app: Apps) -> None:
    entered = enter(app(), "dana", key_of("dana"))
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and key_of("dana") not in cookie and "Secure" not in cookie
    assert "Secure" in enter(app(secure=True), "dana", key_of("dana")).headers["set-cookie"]
    session = {"cookie": cookie.partition(";")[0]}
    assert ask(app(), "GET", "/v1/caller", headers=session).json() == {"name": "dana", "identity": "api-key", "session": True}
    assert ask(app(), "POST", "/v1/search", json={"text": "travel"}, headers=session).status_code == 200
    assert ask(app(), "GET", "/", headers=session).status_code == 200


@pytest.mark.parametrize(("name", "key"), [("dana", "robin's key"), ("nobody", "dana's key"), ("", ""), ("dana", "")])
def test_what_does_not_belong_together_begins_nothing(app: Apps, name: str, key: str) -> None:
    refused = enter(app(), name, key)
    assert refused.headers["location"] == "/sign-in?refused" and "set-cookie" not in refused.headers


def test_trying_keys_is_slowed_down(app: Apps) -> None:
    one = app(rate=0.1, burst=5)
    assert [enter(one, "dana", f"key {number}").status_code for number in range(7)] == [303] * 5 + [429] * 2


def test_whoever_is_not_signed_in_is_led_to_the_door_and_leaving_takes_the_cookie(app: Apps) -> None:
    assert ask(app(), "GET", "/").headers["location"] == "/sign-in"
    left = ask(app(), "POST", "/session/end")
    assert left.headers["location"] == "/sign-in" and "Max-Age=0" in left.headers["set-cookie"]


def test_a_session_ends_with_its_hours_its_token_and_its_key() -> None:
    def known(cookie: str, keys: Keys = KEYS) -> bool:
        return caller_of_session(KEY, {"cookie": f"{COOKIE}={cookie}"}, keys) == DANA

    assert known(begun(KEY, DANA, KEYS, NOW, 8)[0])
    assert not known(begun(KEY, DANA, KEYS, NOW - 9 * 3600, 8)[0])
    short = DANA.model_copy(update={"until": int(NOW) - 5})
    assert not known(begun(KEY, short, KEYS, NOW, 8)[0])
    cookie = begun(KEY, DANA, KEYS, NOW, 8)[0]
    assert not known(cookie, Keys(people={"dana": Person(key=sha256(b"another"))})) and not known(cookie, Keys(people={}))


def test_a_session_of_another_root_or_of_nobody_is_not_believed() -> None:
    said = {"aud": "muniment-search-page", "exp": NOW + 600, "mark": "", "caller": DANA.model_dump(mode="json")}
    for cookie in (
        jwt.encode(said, b"x" * 32, "HS256"),
        jwt.encode(said, None, "none"),
        "x.y.z",
        "",
        begun(KEY, DANA, KEYS, NOW, 8)[0][:-2],
    ):  # type: ignore[arg-type]
        assert caller_of_session(KEY, {"cookie": f"{COOKIE}={cookie}"}, KEYS) is None


def test_behind_a_proxy_its_people_search_and_nobody_signs_in_here(root: str) -> None:
    proxy: Proxy = behind("X-Forwarded-User", "127.0.0.1/32")
    app = application(open_root(root), Settings(pace_ms=0), proxy)
    named = {"x-forwarded-user": "dana"}
    assert ask(app, "GET", "/", headers=named).status_code == 200
    assert ask(app, "GET", "/v1/caller", headers=named).json()["identity"] == "proxy"
    assert ask(app, "GET", "/").status_code == 401
    assert enter(app, "dana", key_of("dana")).headers["location"] == "/sign-in?refused"
