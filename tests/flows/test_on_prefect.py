"""The same stories on a real Prefect server: tracked, shown, and free of content."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stories import LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import RegistryError
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.tasks.announce import DISAGREED

Register = Callable[..., Source]


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """A Prefect server of our own, with its own database."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


def test_a_capture_is_one_flow_run_of_a_few_tasks_with_its_evidence_pack(
    server: None, uri: str, corpus: Path, register: Register
) -> None:
    from prefect.client.orchestration import get_client

    register(corpus)
    captured = flows.capture.flow("handbook", root=uri)
    with get_client(sync_client=True) as client:
        tasks = {run.name.rsplit("-", 1)[0] for run in client.read_task_runs()}
        artifacts = client.request("POST", "/artifacts/filter", json={}).json()
    assert tasks == {"fetch", "detect", "compare", "judge", "approve green", "gather pack", "present"}
    pack = next(each["data"] for each in artifacts if each["key"] == "evidence-handbook")
    assert captured.judgement in pack and "PERSONAL_CONTACT" in pack
    assert "jo.smith" not in str(artifacts)


def test_the_form_asks_for_a_decision_from_a_list_and_a_reason(server: None) -> None:
    schema = flows.review.flow.parameters
    decision = schema.definitions["Decision"]
    assert decision["enum"] == [str(each) for each in Decision]
    assert schema.properties["reason"]["minLength"] == 3
    assert set(schema.required) == {"judgement", "decision", "reason", "actor"}


def test_an_approval_on_the_server_promotes(server: None, uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    captured = flows.capture(source="handbook", root=uri)
    flows.review.flow(judgement=captured.judgement, decision="approve", reason="read it", actor="dana", root=uri)
    assert flows.promote(root=uri).fresh == ()


def test_a_refusal_fails_the_run_and_is_not_tried_again(server: None, uri: str) -> None:
    with pytest.raises(RegistryError):
        flows.capture.flow("nowhere", root=uri)


def test_nothing_that_people_wrote_reaches_the_database_of_prefect(
    server: None, uri: str, corpus: Path, register: Register
) -> None:
    from prefect.settings import PREFECT_HOME

    register(corpus)
    flows.capture.flow("handbook", root=uri)
    for path in Path(PREFECT_HOME.value()).rglob("*"):
        if path.is_file():
            payload = path.read_bytes()
            assert b"jo.smith" not in payload and b"Tomatoes" not in payload, path


def test_detectors_that_disagree_raise_an_event_of_ids_and_counts(
    server: None, uri: str, tmp_path: Path, register: Register
) -> None:
    from prefect.client.orchestration import get_client

    secret = "Kx9.tulpe7@blumen-post.de"
    write(tmp_path / "files" / "login.md", f'{LICENCE}smtp_password = "{secret}" in the old settings.\n\n{TRAVEL * 2}')
    register(tmp_path / "files", "logins")
    captured = flows.capture.flow("logins", root=uri)
    wanted = {"filter": {"event": {"name": [DISAGREED]}, "resource": {"id": ["muniment.source.logins"]}}}
    events: list[dict[str, Any]] = []
    with get_client(sync_client=True) as client:
        for _ in range(60):  # events are written behind the run
            events = client.request("POST", "/events/filter", json=wanted).json()["events"]
            if events:
                break
            time.sleep(0.5)
    assert [each["payload"] for each in events] == [
        {"capture": captured.capture, "judgement": captured.judgement, "documents": {"DETECTORS_DISAGREE": 1}}
    ]
    assert secret not in str(events)
