"""`muniment serve` as a child process, asked over HTTP as any program would ask it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx
from tests.seaweed import free_port

from muniment.tasks.service import home

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class Serving:
    """The service for a root, with its own Prefect database. Started by `with`; `kill` is a power cut."""

    def __init__(self, root: str, *options: str, port: int = 0, **environment: str) -> None:
        self.root, self.port = root, port or free_port()
        self._options = options if "--search-port" in options else (*options, "--no-search")
        self.address = f"http://127.0.0.1:{self.port}"
        self.database = home(root)
        self.log = self.database.parent / "service.log"
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")} | environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def start(self) -> None:
        """Start it; `ready` waits until it works."""
        command = [sys.executable, "-m", "muniment", "serve", "--root", self.root, "--port", str(self.port), *self._options]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        log = self.log.open("ab")
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self) -> None:
        """SIGKILL to the service, every run, and its server."""
        import psutil

        assert self._process
        family = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                os.kill(each.pid, signal.SIGKILL)
        self._process.wait()

    def ready(self, deployments: int = 12, **headers: str) -> Self:
        """Wait until its deployments can be run."""

        def served() -> bool:
            assert self._process and self._process.poll() is None, self.log.read_text()[-2000:]
            try:
                held = self.ask("POST", "/deployments/filter", {}, **headers)
                automations = self.ask("POST", "/automations/filter", {}, **headers)
            except httpx.TransportError:
                return False
            return held.status_code == 200 and len(held.json()) >= deployments and len(automations.json()) >= 2

        wait(served, 240)
        return self

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request to Prefect's API, with the token that it wants against forged requests."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if method != "GET":
            token = httpx.get(f"{self.address}/api/csrf-token", params={"client": "tests"}, headers=given, timeout=30)
            if token.status_code == 200:
                given |= {"Prefect-Csrf-Token": token.json()["token"], "Prefect-Csrf-Client": "tests"}
        for _ in range(20):
            answer = httpx.request(method, f"{self.address}/api{path}", json=body, headers=given, timeout=60)
            if answer.status_code != 503:  # Prefect says so when its database is busy, and means: again
                break
            time.sleep(1)
        return answer

    def deployment(self, story: str, **headers: str) -> str:
        """Id of the deployment of a story."""
        return str(self.ask("GET", f"/deployments/name/{story}/steward", **headers).json()["id"])

    def begin(self, story: str, parameters: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Ask for a run, as the form does."""
        path = f"/deployments/{self.deployment(story, **headers)}/create_flow_run"
        return self.ask("POST", path, {"parameters": parameters or {}, "state": {"type": "SCHEDULED"}}, **headers)

    def run(self, story: str, parameters: dict[str, Any] | None = None, patience: float = 180, **headers: str) -> dict[str, Any]:
        """The same, and wait for its end."""
        made = self.begin(story, parameters, **headers)
        assert made.status_code == 201, made.text
        return self.ended(made.json()["id"], patience, **headers)

    def ended(self, run: str, patience: float = 180, **headers: str) -> dict[str, Any]:
        """A run once it has ended."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.ask("GET", f"/flow_runs/{run}", **headers).json()
            return found if found["state"] and found["state"]["type"] in ENDED else None

        return wait(look, patience)  # type: ignore[no-any-return]

    def runs(self, story: str, **headers: str) -> list[dict[str, Any]]:
        """All runs of a story."""
        wanted = {"flows": {"name": {"any_": [story]}}}
        return list(self.ask("POST", "/flow_runs/filter", wanted, **headers).json())

    def artifact(self, key: str, **headers: str) -> str:
        """What the latest artifact of that name says."""
        wanted = {"artifacts": {"key": {"any_": [key]}}}
        return str(self.ask("POST", "/artifacts/latest/filter", wanted, **headers).json()[0]["data"])


def wait(look: Callable[[], Any], patience: float = 90) -> Any:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError(f"nothing came of it in {patience:.0f} s")
