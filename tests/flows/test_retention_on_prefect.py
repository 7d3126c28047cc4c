"""Prefect's own history under retention: on a real server, what outlived its window is gone and nothing of a run at work is."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.retention import enforce, windows

from muniment import flows
from muniment.policies.retention import load_retention
from muniment.schemas.source import Source
from muniment.tasks.retain import database

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A Prefect server of our own; gives its database."""
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield Path("/" + str(PREFECT_API_DATABASE_CONNECTION_URL.value()).partition(":////")[2])


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(query).fetchall()


def aged(path: Path, days: int) -> None:
    """Everything that is there happened so many days ago."""
    moment = f"{NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"
    times = {
        "flow_run": ("created", "start_time", "end_time", "expected_start_time"),
        "artifact": ("created",),
        "log": ("timestamp",),
        "events": ("occurred",),
        "event_resources": ("occurred",),
    }
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as opened:
        for table, columns in times.items():
            opened.execute(f"UPDATE {table} SET {', '.join(f'{each} = ?' for each in columns)}", [moment] * len(columns))


@pytest.mark.slow
def test_runs_artifacts_logs_and_events_go_when_their_windows_are_over_and_a_run_at_work_keeps_all(
    server: Path, uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running

    register(corpus)
    flows.capture.flow("handbook", root=uri)
    with get_client(sync_client=True) as client:
        working = client.create_flow_run(flows.promote.flow, state=Running())
        log = {"name": "work", "level": 20, "message": "at work", "timestamp": NOW.isoformat(), "flow_run_id": str(working.id)}
        client.request("POST", "/logs/", json=[log, {**log, "message": "over", "flow_run_id": str(uuid4())}])
    aged(server, 40)
    enforce(uri, windows(flow_runs=50, artifacts=50, flow_logs=50, events=50))
    kept = flows.retain.flow(root=uri)
    assert not {"flow_runs", "artifacts", "flow_logs"} & set(kept.removed)
    young = rows(server, "SELECT id FROM flow_run WHERE name LIKE 'retain%'")
    enforce(uri, windows(flow_runs=30, artifacts=30, flow_logs=30, events=30))
    done = flows.retain.flow(root=uri)
    assert done.removed["flow_runs"] == 1 and done.removed["artifacts"] >= 1 and done.removed["flow_logs"] >= 1
    moment = f"{NOW - timedelta(days=35):%Y-%m-%d %H:%M:%S}"
    assert rows(server, f"SELECT id FROM flow_run WHERE end_time < '{moment}'") == [(str(working.id),)]
    assert rows(server, f"SELECT id FROM artifact WHERE created < '{moment}'") == []
    assert rows(server, f"SELECT message FROM log WHERE timestamp < '{moment}'") == [("at work",)]
    assert rows(server, f"SELECT id FROM events WHERE occurred < '{moment}'") == []
    assert rows(server, f"SELECT id FROM event_resources WHERE occurred < '{moment}'") == []
    assert set(rows(server, "SELECT id FROM flow_run")) >= {(str(working.id),), *young}
    assert any("other runs are at work" in why for why in done.put_off)


@pytest.mark.slow
def test_a_stricter_policy_is_announced_by_an_event_and_an_artifact(server: Path, uri: str) -> None:
    from prefect.client.orchestration import get_client

    flows.retain.flow(root=uri)
    with get_client(sync_client=True) as client:
        artifacts = client.request("POST", "/artifacts/filter", json={}).json()
    assert any(each["key"] == "retention-announced" and "held" in each["data"] for each in artifacts)


def test_free_pages_are_given_back_when_nothing_else_runs(uri: str, tmp_path: Path) -> None:
    path = tmp_path / "root" / "prefect" / "prefect.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute("CREATE TABLE flow_run (id TEXT, state_type TEXT)")
        made.execute("CREATE TABLE log (timestamp TEXT, flow_run_id TEXT, message TEXT)")
        made.execute("CREATE TABLE events (occurred TEXT)")
        made.execute("CREATE TABLE event_resources (occurred TEXT)")
        made.executemany("INSERT INTO log VALUES (?, NULL, ?)", [("2020-01-01 00:00:00.000000", "secret words " * 50)] * 2000)
        made.execute("INSERT INTO log VALUES (?, NULL, 'young')", [f"{NOW:%Y-%m-%d %H:%M:%S.%f}"])
    before = path.stat().st_size
    done = database.forget(uri, load_retention(windows(flow_logs=30)), NOW)
    assert done.counts["flow_logs"] == 2000 and done.put_off == ()
    assert path.stat().st_size < before / 10 and b"secret words" not in path.read_bytes()
    assert rows(path, "SELECT message FROM log") == [("young",)]
