"""Whoever starts servers and is killed leaves none behind: neither a process nor a port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.seaweed import free_port
from tests.services import Serving, wait
from tests.stories import prose, write

from muniment.schemas.source import Source

STARTER = """
import sys, time
from muniment.server.process import listening
with listening("tiny:create", "127.0.0.1", int(sys.argv[1]), "/", {}, workers=int(sys.argv[2])):
    print("up", flush=True)
    time.sleep(300)
"""
TINY = """
def create():
    async def application(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
    return application
"""
POOL = """
import time
from muniment.tasks.pool import _pool
if __name__ == "__main__":
    print(*{*_pool().map(abs, range(9))}, flush=True)
    time.sleep(300)
"""


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def gone(family: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in family)


def started(folder: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
    path = folder / "start.py"
    path.write_text(script)
    (folder / "tiny.py").write_text(TINY)
    process = subprocess.Popen(
        [sys.executable, str(path), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder), "MUNIMENT_CORES": "2"},
    )
    assert process.stdout and process.stdout.readline()
    return process


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_ends_when_whoever_started_it_is_killed(workers: int, tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, STARTER, str(port), str(workers)) as starter:
        family = psutil.Process(starter.pid).children(recursive=True)
        assert len(family) >= workers and not free(port)
        starter.kill()
        wait(lambda: free(port) and gone(family), 10)


def test_workers_of_a_server_whose_supervisor_was_killed_are_ended_with_us(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, STARTER.replace("time.sleep(300)", "time.sleep(2)"), str(port), "2") as starter:
        children = psutil.Process(starter.pid).children(recursive=True)
        supervisor = next(each for each in children if each.ppid() == starter.pid)
        supervisor.kill()
        assert any(each.is_running() for each in children if each != supervisor)
        starter.wait(30)
        wait(lambda: free(port) and gone(children), 10)


def test_workers_of_a_pool_end_when_whoever_works_with_them_is_killed(tmp_path: Path) -> None:
    with started(tmp_path, POOL) as working:
        family = psutil.Process(working.pid).children(recursive=True)
        assert len(family) >= 2
        working.kill()
        wait(lambda: gone(family), 10)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore")
def test_the_service_leaves_no_server_and_no_run_behind(uri: str, tmp_path: Path, register: Callable[..., Source]) -> None:
    for number in range(300):
        write(tmp_path / "files" / f"{number}.md", prose(number))
    register(tmp_path / "files")
    with Serving(uri, MUNIMENT_CORES="1") as service:
        run = service.ready().begin("capture", {"source": "handbook"}).json()["id"]
        wait(lambda: service.ask("GET", f"/flow_runs/{run}").json()["state"]["type"] == "RUNNING", 120)
        assert service._process
        family = psutil.Process(service._process.pid).children(recursive=True)
        assert len(family) >= 2
        os.kill(service._process.pid, signal.SIGKILL)
        died = time.monotonic()
        wait(lambda: free(service.port) and gone(family), 20)
        print(f"all gone after {time.monotonic() - died:.1f} s")
