"""What the API answers, to whom, and what it refuses."""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.answering import bearer
from tests.server.search.conftest import ask, together

from muniment.errors import Corrupt, SourceUnavailable
from muniment.schemas.ledger import EntryKind
from muniment.schemas.search import Answer
from muniment.server.people import Keys, behind
from muniment.server.search import routes
from muniment.server.search.application import application
from muniment.server.search.doorway import Doorway
from muniment.server.search.settings import Settings
from muniment.store.root import open_root

Apps = Callable[..., Doorway]
QUESTION = "who pays for travel to Aldermoor"


def search(app: Doorway, name: str = "dana", **fields: Any) -> httpx.Response:
    return ask(app, "POST", "/v1/search", json={"text": QUESTION, **fields}, headers=bearer(name))


def entries(root: str) -> list[Any]:
    return [each for each in open_root(root).ledger.since(0) if each.kind is EntryKind.SEARCHED]


def test_an_answer_holds_passages_with_their_papers_and_nothing_that_the_caller_may_not_read(app: Apps) -> None:
    found = search(app()).json()
    assert Answer.model_validate(found).hits[0].title == "Travel"
    assert {"citation", "source", "owner", "classification", "licence", "modified"} <= set(found["hits"][0])
    assert "Aldermoor" not in str(found) and {each["source"] for each in found["hits"]} == {"handbook"}
    assert "Aldermoor" in search(app(), "robin").json()["hits"][0]["text"]
    assert search(app(), "guest").json()["hits"] == []


def test_every_answer_is_in_the_ledger_under_the_callers_name_and_without_the_question(app: Apps, root: str) -> None:
    before = len(entries(root))
    cited = [each["citation"] for each in search(app()).json()["hits"]]
    entry = entries(root)[before]
    assert entry.actor == "dana" and [each.partition(":")[2] for each in entry.outputs] == cited
    assert "travel" not in entry.model_dump_json().lower()


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer no key"}, {"authorization": "Basic ZGFuYTp4"}, {"cookie": "muniment-session=x"}]
)
def test_nobody_unknown_is_answered_even_where_strangers_may_come_in(app: Apps, headers: dict[str, str], root: str) -> None:
    before = len(entries(root))
    strict, lenient = app(), app(anonymous="guest")
    given = {"json": {"text": QUESTION}, "headers": headers}
    assert ask(strict, "POST", "/v1/search", **given).status_code == 401
    assert ask(lenient, "POST", "/v1/search", **given).status_code == (401 if headers else 200)
    assert [each.actor for each in entries(root)[before:]] == ([] if headers else ["guest"])


def test_whoever_is_no_principal_learns_nothing(app: Apps) -> None:
    refused = [search(app(), "stranger"), ask(app(), "GET", "/v1/corpus", headers=bearer("stranger"))]
    assert [(each.status_code, each.json()["type"]) for each in refused] == [(403, "urn:muniment:problem:unknown-principal")] * 2


def test_a_token_or_a_proxy_that_names_groups_decides_what_is_read(root: str) -> None:
    proxied = application(open_root(root), Settings(pace_ms=0), behind("X-User", "127.0.0.1/32", groups="X-Groups"))
    sources = {
        groups: {
            each["source"]
            for each in ask(
                proxied, "POST", "/v1/search", json={"text": QUESTION}, headers={"x-user": "noor", "x-groups": groups}
            ).json()["hits"]
        }
        for groups in ("staff", "board", "nobody knows, these", "")
    }
    assert sources["nobody knows, these"] == sources[""] == set()
    assert "handbook" not in sources["board"] and "board" not in sources["staff"]


def test_errors_are_problem_details_that_say_what_to_do_and_never_quote_what_was_asked(app: Apps) -> None:
    wrong = [
        search(app(), k=0),
        search(app(), k=101),
        search(app(), text=""),
        search(app(), text="zq7" * 1000),
        search(app(), zq7="zq7"),
        ask(app(), "POST", "/v1/search", content=b'{"text": "zq7', headers={**bearer("dana"), "content-type": "application/json"}),
        search(app(), k="5"),
        search(app(), k=True),
        search(app(), filters={"since": 1_700_000_000}),
    ]
    for each in wrong:
        assert each.status_code == 422 and each.headers["content-type"] == "application/problem+json"
        assert each.json()["remedy"] and each.json()["fields"] and "zq7zq7" not in each.text and '"zq7"' not in each.text


def test_a_question_that_is_not_sent_as_json_is_refused_as_browsers_send_those_unasked(app: Apps) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", ""):
        sent = {**bearer("dana"), "content-type": media}
        assert ask(app(), "POST", "/v1/search", content=b'{"text": "travel"}', headers=sent).status_code == 415


def test_what_is_not_there_and_what_is_not_for_you_are_told_alike(app: Apps) -> None:
    paths = ["/v1/corpus?ref=staging", "/v1/corpus?ref=no-such-ref", "/v1/nothing"]
    told = [ask(app(), "GET", path, headers=bearer("dana")) for path in paths]
    assert {each.status_code for each in told} == {404} and len({each.text for each in told}) == 1
    assert search(app(), ref="staging").text == told[0].text


def test_a_citation_opens_for_whoever_may_read_it_and_is_nothing_to_anybody_else(app: Apps) -> None:
    [board, *_] = search(app(), "robin").json()["hits"]
    opened = ask(app(), "GET", f"/v1/passages/{board['citation']}", headers=bearer("robin")).json()
    assert (opened["text"], opened["title"], opened["snapshot"] != "") == (board["text"], "Merger", True)
    tried = [(board["citation"], "dana"), (board["citation"], "guest"), ("no-such:citation", "robin"), ("%00", "robin")]
    told = [ask(app(), "GET", f"/v1/passages/{citation}", headers=bearer(name)) for citation, name in tried]
    assert {each.status_code for each in told} == {404} and len({each.text for each in told}) == 1
    assert told[0].text == ask(app(), "GET", "/v1/no-such-path", headers=bearer("dana")).text


def test_filters_and_mode_are_part_of_the_question(app: Apps) -> None:
    narrowed = search(app(), "robin", filters={"sources": ["board"]}, mode="lexical").json()
    assert {each["source"] for each in narrowed["hits"]} == {"board"} and narrowed["mode"] == "lexical"
    assert search(app(), "robin", filters={"since": "2999-01-01T00:00:00Z"}).json()["hits"] == []
    assert search(app(), filters={"classifications": ["secret"]}).status_code == 422


def test_what_is_served_is_told_without_a_count(app: Apps) -> None:
    told = ask(app(), "GET", "/v1/corpus", headers=bearer("guest")).json()
    found = search(app()).json()
    assert (told["snapshot"], told["index"], told["stale"]) == (found["snapshot"], found["index"], False)
    assert not {"count", "passages", "documents"} & set(told)


def test_every_answer_carries_the_headers_that_keep_it_private(app: Apps) -> None:
    for answer in (search(app()), ask(app(), "GET", "/health"), ask(app(), "GET", "/nothing"), ask(app(), "GET", "/sign-in")):
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"] and answer.headers["x-request-id"]
    assert "strict-transport-security" in ask(app(secure=True), "GET", "/health").headers


def test_the_log_has_a_line_for_each_request_and_no_word_of_it(
    app: Apps, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG):
        search(app())
        ask(app(), "GET", f"/v1/{QUESTION}", headers=bearer("dana"))
        monkeypatch.setattr(routes, "answer", lambda *_: (_ for _ in ()).throw(KeyError(QUESTION)))
        assert search(app()).status_code == 500
    lines = [json.loads(each.getMessage()) for each in caplog.records if each.name == "muniment.search"]
    assert [(each["route"], each["status"]) for each in lines if "route" in each] == [
        ("/v1/search", 200),
        ("none", 404),
        ("/v1/search", 500),
    ]
    assert [each["error"] for each in lines if "error" in each] == ["KeyError"]
    ours = [
        each.getMessage() + str(each.exc_text) for each in caplog.records if each.name != "httpx"
    ]  # the client's own log is not ours
    assert not [word for word in ("Aldermoor", "travel", "dana") if word in str(ours)]


def test_errors_of_ours_are_logged_for_the_operator_and_told_without_ids(
    app: Apps, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for error, status in ((Corrupt("Chunk 4711 is gone.", "Rebuild."), 503), (SourceUnavailable("The bucket is away."), 503)):
        monkeypatch.setattr(routes, "answer", lambda *_, error=error: (_ for _ in ()).throw(error))
        told = search(app())
        assert told.status_code == status and told.headers["retry-after"] and error.message not in told.text
        assert error.message in caplog.text


def test_a_caller_who_asks_too_often_waits_and_others_do_not(app: Apps) -> None:
    limited = app(rate=0.5, burst=3)
    asked = [ask(limited, "GET", "/v1/caller", headers=bearer("dana")) for _ in range(5)]
    assert [each.status_code for each in asked] == [200, 200, 200, 429, 429]
    assert 1 <= int(asked[-1].headers["retry-after"]) <= 3
    assert ask(limited, "GET", "/v1/caller", headers=bearer("robin")).status_code == 200


def test_answers_under_way_are_few_for_a_caller_and_bounded_for_all(app: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    held, real = threading.Event(), routes.answer

    def slow(*given: Any) -> Answer:
        held.wait(20)
        return real(*given)

    monkeypatch.setattr(routes, "answer", slow)
    threading.Timer(1.5, held.set).start()
    bounded = app(together=2, threads=1, queue=1)
    requests = [
        ("POST", "/v1/search", {"json": {"text": QUESTION}, "headers": bearer(name)}) for name in ("dana", "dana", "dana", "robin")
    ]
    answers = together(bounded, requests)
    assert sorted(each.status_code for each in answers) == [200, 200, 429, 503]
    assert all(each.headers["retry-after"] for each in answers if each.status_code != 200)
    assert [each.status_code for each in together(bounded, requests[:2])] == [200, 200]  # their places are free again


def test_an_answer_that_takes_too_long_is_still_written_down_whole_and_one_that_waited_was_never_made(
    app: Apps, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, held, real = len(entries(root)), threading.Event(), routes.answer

    def slow(*given: Any) -> Answer:
        held.wait(20)
        return real(*given)

    monkeypatch.setattr(routes, "answer", slow)
    threading.Timer(1.5, held.set).start()
    timed = app(threads=1, seconds=0.4)
    answers = together(timed, [("POST", "/v1/search", {"json": {"text": QUESTION}, "headers": bearer("dana")})] * 2)
    assert {each.json()["type"] for each in answers} == {"urn:muniment:problem:too-long"}
    deadline = time.monotonic() + 20
    while len(entries(root)) == before and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    [entry] = entries(root)[before:]
    assert entry.outputs and entry.counts["hits"] == len(entry.outputs)


def test_requests_that_are_too_large_or_of_another_sites_page_are_not_read(app: Apps) -> None:
    large = ask(app(body=2000), "POST", "/v1/search", json={"text": "a" * 3000}, headers=bearer("dana"))
    assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
    foreign = {**bearer("dana"), "origin": "https://elsewhere.example"}
    assert ask(app(), "POST", "/v1/search", json={"text": QUESTION}, headers=foreign).status_code == 403
    ours = {**bearer("dana"), "origin": "http://search"}
    assert ask(app(), "POST", "/v1/search", json={"text": QUESTION}, headers=ours).status_code == 200


def test_counts_are_for_operators_and_health_for_everybody(app: Apps) -> None:
    one = app()
    search(one)
    assert ask(one, "GET", "/metrics").status_code == 401
    assert ask(one, "GET", "/metrics", headers=bearer("dana")).status_code == 403
    text = ask(one, "GET", "/metrics", headers=bearer("robin")).text
    assert 'muniment_search_requests_total{route="/v1/search",status="200"} 1.0' in text and "dana" not in text
    assert ask(one, "GET", "/health").json() == {"alive": True}
    assert ask(one, "GET", "/ready").json() == {"ready": True, "checks": {"index of production": "ok", "ledger": "ok"}}


def test_a_root_without_an_index_is_alive_and_not_ready(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> None:
    empty = application(open_root(str(tmp_path_factory.mktemp("empty"))), Settings(anonymous="guest"), keys)
    assert ask(empty, "GET", "/health").status_code == 200
    ready = ask(empty, "GET", "/ready")
    assert ready.status_code == 503 and ready.json()["checks"]["index of production"] == "NOT_FOUND"


def test_the_reference_page_and_openapi_name_every_path_and_fetch_nothing(app: Apps) -> None:
    described = ask(app(), "GET", "/openapi.json").json()
    page = ask(app(), "GET", "/docs").text
    assert set(described["paths"]) >= {"/v1/search", "/v1/corpus", "/v1/caller", "/health", "/ready", "/metrics"}
    assert all(path in page for path in described["paths"]) and "http://" not in page and "https://" not in page
    errors = described["paths"]["/v1/search"]["post"]["responses"]["422"]["content"]
    assert list(errors) == ["application/problem+json"]
