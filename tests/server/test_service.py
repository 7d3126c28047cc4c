"""The service as it runs: a real server, a real worker, people with keys."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from tests.services import Serving, wait
from tests.stories import CONTACT, GARDEN, LICENCE, TRAVEL, handbook, write

from muniment.store.root import open_root
from muniment.tasks.erasure.prove import receipts
from muniment.tasks.step import run_id
from muniment.tasks.tables import query

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
DANA, ROBIN = {"Authorization": "Bearer dana's key"}, {"Authorization": "Bearer robin's key"}
TITLE, REASON = "zq7 shelves of a person", "zq8 words of whoever asks"  # neither may be known to Prefect


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A root with one approved source of which something is personal."""
    folder, uri = tmp_path_factory.mktemp("files"), str(tmp_path_factory.mktemp("service") / "root")
    write(folder / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "contact.md", LICENCE + f"# {TITLE}\n\n" + CONTACT * 2)
    write(folder / "garden.md", LICENCE + "# Garden\n\n" + GARDEN * 3)
    handbook(uri, folder)
    return uri


@pytest.fixture(scope="module")
def service(root: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Dana is a steward, Robin a reader; each has a key."""
    people = tmp_path_factory.mktemp("people") / "people.toml"
    tables = {"dana": ("steward", "dana's key"), "robin": ("reader", "robin's key")}
    people.write_text(
        "\n".join(
            f'[{name}]\nrole = "{role}"\nkey = "{hashlib.sha256(key.encode()).hexdigest()}"' for name, (role, key) in tables.items()
        )
    )
    with Serving(root, "--auth", "api-keys", "--people", str(people), MUNIMENT_CORES="1") as serving:
        yield serving.ready(**DANA)


def test_whoever_signs_in_decides_in_their_own_name(service: Serving, root: str) -> None:
    captured = service.run("capture", {"source": "handbook"}, **DANA)
    assert (captured["state"]["type"], captured["name"]) == ("COMPLETED", "capture handbook")
    asked = {"judgement": "handbook", "decision": "approve", "reason": "read the sample", "actor": "robin"}
    assert service.begin("review", asked, **ROBIN).status_code == 403
    decided = service.run("review", asked, **DANA)
    assert decided["state"]["type"] == "COMPLETED", decided["state"]
    made = [json.loads(open_root(root).objects.read(key)) for key in open_root(root).objects.list("reviews/")]
    assert [(each["actor"], each["identity"], each["decision"]) for each in made] == [("dana", "api-key", "approve")]
    assert "held that person's key" in service.artifact("evidence-handbook", **DANA)


def test_without_a_key_nothing_answers_but_health(service: Serving) -> None:
    assert [service.ask("GET", path).status_code for path in ("/health", "/flows/name/review", "/admin/settings")] == [
        200,
        401,
        401,
    ]
    assert service.ask("POST", "/flow_runs/filter", {}).status_code == 401
    assert service.ask("GET", "/admin/settings", **DANA).status_code == 403


def test_events_are_shown_to_whoever_has_a_key_and_written_by_nobody_else(service: Serving) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    address = service.address.replace("http", "ws") + "/api/events"
    for path, headers in (("/out", {}), ("/out", {"Authorization": "Bearer wrong"}), ("/in", DANA)):
        with pytest.raises(InvalidStatus), connect(address + path, additional_headers=headers):
            pass
    with connect(address + "/out", additional_headers=DANA, subprotocols=["prefect"]) as open_:  # type: ignore[list-item]
        open_.send(json.dumps({"type": "auth", "token": None}))
        assert json.loads(open_.recv(timeout=10))["type"] == "auth_success"


def test_a_request_is_erased_within_seconds_and_prefect_learns_its_id_alone(
    service: Serving, root: str, record_property: Callable[[str, object], None]
) -> None:
    doc_id = _document(root, "contact")
    started = time.monotonic()
    _muniment("erase", "--doc", doc_id, "--queue", "--reason", REASON, "--actor", "dana", "--root", root)
    asked = time.monotonic()
    [run] = wait(lambda: service.runs("erase", **DANA), 60)
    begun = time.monotonic()
    ended = service.ended(run["id"], 120, **DANA)
    proven = time.monotonic()
    assert ended["state"]["type"] == "COMPLETED", ended["state"]
    [receipt] = receipts(open_root(root))
    assert receipt.proven and receipt.documents == 1
    assert run["parameters"] == {"request": receipt.request}
    for name, seconds in (("asked", asked - started), ("event to run", begun - asked), ("event to proven", proven - asked)):
        record_property(name, round(seconds, 1))
        print(f"{name}: {seconds:.1f} s")
    assert begun - asked < 20 and proven - asked < 90
    for path in service.database.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not [word for word in (TITLE, REASON, "jo.smith", doc_id) if word.encode() in held], path


def test_a_request_whose_event_was_lost_is_found_by_reconciliation(service: Serving, root: str) -> None:
    from muniment.schemas.erasure import Selector
    from muniment.tasks.erasure.requests import request_erasure

    doc_id = _document(root, "garden")
    made = request_erasure(root, Selector(documents=(doc_id,)), "asked for", "dana")
    assert not run_id()
    service.run("reconcile", **DANA)
    assert made.id not in {each.request for each in receipts(open_root(root))}  # so young a request is left to its own run
    _muniment("reconcile", "--root", root)
    assert made.id in {each.request for each in receipts(open_root(root)) if each.proven}


def _document(root: str, name: str) -> str:
    [row] = query(root, f"SELECT doc_id FROM documents WHERE native_key LIKE '{name}%'").to_pylist()
    return str(row["doc_id"])


def _muniment(*words: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    done = subprocess.run(
        [sys.executable, "-m", "muniment", *words], check=False, env=clean, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
