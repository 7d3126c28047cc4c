"""What the gate lets through, what it refuses, and whose name it signs. The application behind it is a stand-in that says what it got."""

import asyncio
import base64
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import PolicyError
from muniment.schemas.canonical import sha256
from muniment.schemas.review import Identity
from muniment.server.allowed import allowed
from muniment.server.gate import Gate
from muniment.server.people import Keys, Person, Role, behind, read
from muniment.server.sign_in import SignIn
from muniment.tasks.service import TOKEN_HEADER

DEPLOYMENT, RUN = "6c1f1f6e-0000-4000-8000-000000000001", "6c1f1f6e-0000-4000-8000-000000000002"
CREATE, STATE = f"/api/deployments/{DEPLOYMENT}/create_flow_run", f"/api/flow_runs/{RUN}/set_state"
TOKEN = "f" * 64
PEOPLE = {
    "dana": Person(role=Role.STEWARD, key=sha256(b"dana's key")),
    "robin": Person(role=Role.READER, key=sha256(b"robin's key")),
    "noor": Person(role=Role.OPERATOR, key=sha256(b"noor's key")),
}
KEYS = Keys(people=PEOPLE)
PROXY = behind("X-Forwarded-User", "127.0.0.1/32")


class Behind:
    """Answers what Prefect would about one deployment of `review`, and tells what else reached it."""

    def __init__(self, flow: str = "review") -> None:
        self.got: list[dict[str, Any]] = []
        self._answers = {
            f"/api/deployments/{DEPLOYMENT}": {"parameter_openapi_schema": {"properties": {"judgement": {}, "actor": {}}}},
            f"/api/flow_runs/{RUN}": {"flow_id": "7"},
            "/api/flows/7": {"name": flow},
        }

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            self.got.append({"path": scope["path"]})
            await send({"type": "websocket.accept"})
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if scope["method"] != "GET":
            self.got.append({"path": scope["path"], "body": json.loads(body or b"null")})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(self._answers.get(scope["path"], {})).encode()})


def ask(gate: Gate, method: str, path: str, body: Any = None, headers: Any = None, client: str = "127.0.0.1") -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(app=gate, client=(client, 4000))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://muniment") as http:
            return await http.request(method, path, json=body, headers=headers)

    return asyncio.run(asking())


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(name: str, key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()}


def shake_hands(gate: Gate, path: str, headers: dict[str, str]) -> str:
    """The first thing that a WebSocket is told."""
    told: list[str] = []

    async def shaking() -> None:
        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            told.append(message["type"])

        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await gate({"type": "websocket", "path": path, "headers": pairs, "client": ("127.0.0.1", 4000)}, receive, send)

    asyncio.run(shaking())
    return told[0]


@pytest.mark.parametrize("sign_in", [KEYS, PROXY])
def test_nobody_comes_in_unknown(sign_in: SignIn) -> None:
    inner = Behind()
    answers = [ask(Gate(inner, sign_in, TOKEN), method, path) for method, path in (("GET", "/v2/"), ("POST", CREATE))]
    assert [each.status_code for each in answers] == [401, 401]
    assert inner.got == []


def test_a_key_is_a_name_and_another_ones_key_is_not() -> None:
    gate = Gate(Behind(), KEYS, TOKEN)
    tried = [bearer("dana's key"), basic("dana", "dana's key"), basic("dana", "robin's key"), bearer("no key"), bearer(""), {}]
    assert [ask(gate, "GET", "/v2/", headers=each).status_code for each in tried] == [200, 200, 401, 401, 401, 401]


def test_a_browser_is_asked_for_a_name_and_a_key() -> None:
    answer = ask(Gate(Behind(), KEYS, TOKEN), "GET", "/v2/")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_proxy_is_believed_at_its_own_address_alone_and_only_once() -> None:
    gate, header = Gate(Behind(), PROXY, TOKEN), {"X-Forwarded-User": "dana"}
    assert ask(gate, "GET", "/v2/", headers=header).status_code == 200
    assert ask(gate, "GET", "/v2/", headers=header, client="10.0.0.9").status_code == 401
    assert ask(gate, "GET", "/v2/", headers=[("X-Forwarded-User", "dana"), ("x-forwarded-user", "robin")]).status_code == 401
    assert ask(gate, "GET", "/v2/", headers={"X-Forwarded-User": "dana; drop"}).status_code == 401


def test_people_that_the_file_does_not_know_are_refused_though_the_proxy_lets_them_through(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text('[dana]\nrole = "steward"\n')
    gate = Gate(Behind(), behind("X-Forwarded-User", "127.0.0.0/8", str(tmp_path / "people.toml")), TOKEN)
    assert ask(gate, "GET", "/v2/", headers={"X-Forwarded-User": "dana"}).status_code == 200
    assert ask(gate, "GET", "/v2/", headers={"X-Forwarded-User": "robin"}).status_code == 401


@pytest.mark.parametrize(
    ("sign_in", "headers", "identity"), [(KEYS, bearer("dana's key"), "api-key"), (PROXY, {"X-Forwarded-User": "dana"}, "proxy")]
)
def test_a_decision_carries_the_name_of_whoever_signed_in(sign_in: SignIn, headers: dict[str, str], identity: Identity) -> None:
    inner = Behind()
    asked = {"parameters": {"judgement": "a1", "actor": "robin"}, "tags": ["muniment", "identity:proxy", "identity:policy"]}
    assert ask(Gate(inner, sign_in, TOKEN), "POST", CREATE, asked, headers).status_code == 200
    [got] = inner.got
    assert got["body"]["parameters"] == {"judgement": "a1", "actor": "dana"}
    assert got["body"]["tags"] == ["muniment", f"identity:{identity}"]


def test_nobody_points_a_run_elsewhere_or_changes_its_process() -> None:
    inner = Behind()
    asked = {"parameters": {"root": "/elsewhere"}, "job_variables": {"env": {"MUNIMENT_VOUCHED": "proxy"}}, "labels": {"a": "b"}}
    ask(Gate(inner, KEYS, TOKEN), "POST", CREATE, asked, bearer("dana's key"))
    assert "elsewhere" not in str(inner.got) and "VOUCHED" not in str(inner.got) and "labels" not in inner.got[0]["body"]
    ended = {"state": {"type": "COMPLETED"}}
    assert ask(Gate(inner, KEYS, TOKEN), "POST", CREATE, ended, bearer("dana's key")).status_code == 422


def test_without_a_sign_in_names_stay_and_are_marked_as_typed() -> None:
    inner = Behind()
    ask(Gate(inner, None, ""), "POST", CREATE, {"parameters": {"actor": "robin"}, "tags": ["identity:api-key"]})
    assert inner.got[0]["body"] == {"parameters": {"actor": "robin"}, "tags": ["identity:typed"]}


def test_our_own_programs_pass_and_nobody_else_is_taken_for_one() -> None:
    gate = Gate(Behind(), KEYS, TOKEN)
    tried = [TOKEN, TOKEN[:-1], "", TOKEN.upper()]
    assert [ask(gate, "POST", "/api/deployments/", {}, {TOKEN_HEADER: each}).status_code for each in tried] == [200, 401, 401, 401]
    assert ask(Gate(Behind(), KEYS, ""), "POST", "/api/deployments/", {}, {TOKEN_HEADER: ""}).status_code == 401


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/flow_runs/"),
        ("PATCH", f"/api/flow_runs/{RUN}"),
        ("POST", f"/api/deployments/{DEPLOYMENT}/create_flow_run/bulk"),
        ("POST", f"/api/flow_runs/{RUN}/resume"),
        ("POST", f"/api/flow_runs/{RUN}/input"),
        ("POST", "/api/flow_runs/bulk_set_state"),
        ("PATCH", f"/api/deployments/{DEPLOYMENT}"),
        ("POST", f"/api/deployments/{DEPLOYMENT}/schedules"),
        ("POST", "/api/automations/"),
        ("POST", "/api/events"),
        ("POST", "/api/artifacts/"),
        ("DELETE", f"/api/flow_runs/{RUN}"),
        ("GET", "/api/admin/settings"),
    ],
)
def test_no_role_goes_round_the_form(role: Role, method: str, path: str) -> None:
    assert not allowed(role, method, path)


@given(role=st.sampled_from(list(Role)), method=st.sampled_from(["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"]), path=st.text())
def test_only_questions_and_runs_are_ever_allowed(role: Role, method: str, path: str) -> None:
    assert not allowed(role, method, f"/api/{path}")


def test_readers_read_stewards_run_operators_pause() -> None:
    pause = f"/api/deployments/{DEPLOYMENT}/pause_deployment"
    asked = ("/api/artifacts/latest/filter", "/api/ui/flow_runs/history", CREATE, pause)
    may = {role: [allowed(role, "POST", path) for path in asked] for role in Role}
    assert may == {
        Role.READER: [True, True, False, False],
        Role.STEWARD: [True, True, True, False],
        Role.OPERATOR: [True, True, True, True],
    }


def test_a_run_that_decides_is_not_done_again_in_somebody_elses_name() -> None:
    again, stop = {"state": {"type": "SCHEDULED"}}, {"state": {"type": "CANCELLING"}}
    operator, steward = bearer("noor's key"), bearer("dana's key")

    def status(flow: str, body: Any, who: dict[str, str]) -> int:
        return ask(Gate(Behind(flow), KEYS, TOKEN), "POST", STATE, body, who).status_code

    assert [status("review", again, operator), status("erase", again, operator), status("erase", again, steward)] == [403, 200, 403]
    assert [status("review", stop, steward), status("review", {"state": {"type": "COMPLETED"}}, operator)] == [200, 403]
    assert status("review", {"state": None}, operator) == 422


def test_a_request_that_is_no_object_is_refused() -> None:
    inner = Behind()
    assert ask(Gate(inner, KEYS, TOKEN), "POST", CREATE, ["actor"], bearer("dana's key")).status_code == 422
    assert inner.got == []


def test_websockets_ask_for_the_same_proof_and_for_our_own_page() -> None:
    gate, key = Gate(Behind(), KEYS, TOKEN), basic("dana", "dana's key")
    page = {"Host": "muniment", "Origin": "http://muniment"}
    told = {
        "key": shake_hands(gate, "/api/events/out", key | page),
        "no key": shake_hands(gate, "/api/events/out", page),
        "another page": shake_hands(gate, "/api/events/out", key | {"Host": "muniment", "Origin": "http://elsewhere"}),
        "writes events": shake_hands(gate, "/api/events/in", key | page),
        "ours": shake_hands(gate, "/api/events/in", {TOKEN_HEADER: TOKEN}),
        "open": shake_hands(Gate(Behind(), None, ""), "/api/events/in", {}),
    }
    closed, accepted = "websocket.close", "websocket.accept"
    assert told == {
        "key": accepted,
        "no key": closed,
        "another page": closed,
        "writes events": closed,
        "ours": accepted,
        "open": accepted,
    }


def test_a_page_may_talk_to_its_own_server_alone() -> None:
    policy = ask(Gate(Behind(), None, ""), "GET", "/v2/").headers["content-security-policy"]
    assert "connect-src 'self';" in policy and "frame-ancestors 'none'" in policy


def test_a_file_of_people_that_is_wrong_is_refused_without_quoting_a_key(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    for text in ('[dana]\nkey = "hunter2"\n', "dana = 3\n", "[[x", '["a\\u0000b"]\n'):
        file.write_text(text)
        with pytest.raises(PolicyError) as refusal:
            read(str(file))
        assert "hunter2" not in str(refusal.value)
    with pytest.raises(PolicyError):
        behind("X-User", "everywhere")
