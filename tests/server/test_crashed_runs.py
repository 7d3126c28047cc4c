"""A run whose process died with its worker is not shown as running for ever."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.services import Serving, wait
from tests.stories import prose, write

from muniment.schemas.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]


def test_a_run_is_marked_as_crashed_when_its_signs_of_life_end(uri: str, tmp_path: Path, register: Callable[..., Source]) -> None:
    for number in range(300):
        write(tmp_path / "files" / f"{number}.md", prose(number))
    register(tmp_path / "files")
    with Serving(uri, MUNIMENT_CORES="1") as service:
        service.ready()
        run = service.begin("capture", {"source": "handbook"}).json()["id"]
        beats = {"filter": {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": {"id": [f"prefect.flow-run.{run}"]}}}
        wait(lambda: service.ask("POST", "/events/filter", beats).json()["events"], 120)
        service.kill()
        service.start()
        service.ready()
        started = time.monotonic()
        ended = service.ended(run, 300)
        print(f"marked {time.monotonic() - started:.0f} s after the service was there again")
        assert (ended["state"]["type"], ended["state"]["message"][:19]) == ("CRASHED", "No sign of life for")
