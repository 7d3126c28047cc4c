"""The service as processes: several workers, a stop in the middle of answers, and as a part of `muniment serve`."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.answering import Answering, bearer, patient, people_file
from tests.seaweed import free_port
from tests.services import Serving, wait

from muniment.schemas.ledger import EntryKind
from muniment.store.root import open_root

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def entries(root: str) -> int:
    return sum(each.kind is EntryKind.SEARCHED for each in open_root(root).ledger.since(0))


def test_workers_answer_together_count_together_and_finish_what_they_began(root: str, tmp_path: Path) -> None:
    before = entries(root)
    options = ("--auth", "api-keys", "--people", str(people_file(tmp_path)), "--settings", str(patient(tmp_path)))
    with Answering(root, *options, "--workers", "2") as service:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: service.ask("who pays for travel", "robin"), range(8)))
        assert [each.status_code for each in answers] == [200] * 8 and len({each.text for each in answers}) == 1
        told = httpx.get(f"{service.address}/metrics", headers=bearer("robin"), timeout=30).text
        assert 'muniment_search_requests_total{route="/v1/search",status="200"} 8.0' in told
        with ThreadPoolExecutor(4) as pool:
            last = [pool.submit(service.ask, "who pays for travel", "robin") for _ in range(4)]
            service.stop()
            given = sum(each.exception() is None and each.result().status_code == 200 for each in last)
    assert 8 + given <= entries(root) - before <= 12
    open_root(root).ledger.verify()


def test_nobody_can_start_a_service_that_nobody_could_use(root: str) -> None:
    command = [sys.executable, "-m", "muniment", "search-service", "--root", root, "--port", str(free_port())]
    refused = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 1 and "--anonymous" in refused.stderr


def test_search_is_a_part_of_serve_under_the_same_sign_in(root: str, tmp_path: Path) -> None:
    port = free_port()
    options = ("--auth", "api-keys", "--people", str(people_file(tmp_path)), "--search-port", str(port))
    with Serving(root, *options, MUNIMENT_CORES="1") as serving:

        def answered() -> httpx.Response | None:
            try:
                return httpx.post(f"http://127.0.0.1:{port}/v1/search", json={"text": "travel"}, headers=bearer("dana"), timeout=30)
            except httpx.TransportError:
                return None

        assert wait(answered, 240).status_code == 200
        assert httpx.get(f"{serving.address}/v2/", timeout=30).status_code == 401
        assert httpx.get(f"{serving.address}/v2/", headers=bearer("dana"), timeout=30).status_code == 200
