"""The real service, started for the demo and stopped after it: the same command that runs in production."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from muniment.cli.screen import out
from muniment.errors import SourceUnavailable
from muniment.server.service import DEPLOYED_AS, DEPLOYMENTS
from muniment.server.settings import environment

_PATIENCE = 1800  # seconds for one run


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`muniment serve` as a child process."""

    def __init__(self, root: str, port: int) -> None:
        os.environ.update(environment(root, "127.0.0.1", port))
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "muniment", "serve", "--root", root, "--port", str(port)]
        self.log = Path(tempfile.mkdtemp(prefix="muniment-demo-")) / "service.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        # Prefect takes seconds to import: meanwhile the server starts and sources are registered.
        self._warm = threading.Thread(target=_import_prefect)
        self._warm.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def ready(self) -> None:
        """Wait until every deployment can be run; raises `SourceUnavailable` when the service does not come up."""
        self._warm.join()
        from prefect.client.orchestration import get_client

        deadline = time.monotonic() + 240
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with get_client(sync_client=True) as client:
                    if {each.name for each in client.read_deployments()} and len(client.read_deployments()) >= len(DEPLOYMENTS):
                        return
            except Exception:  # noqa: BLE001 – whatever a client says to a server that is not up yet
                time.sleep(0.5)
            time.sleep(0.5)
        raise SourceUnavailable("The service did not start.", f"See {self.log}.")

    def run(self, story: str, **parameters: Any) -> None:
        """Run a deployment as its form does, and wait for the end; raises `SourceUnavailable` when it fails."""
        from prefect.deployments import run_deployment

        run: Any = run_deployment(f"{story}/{DEPLOYED_AS}", parameters=parameters, timeout=_PATIENCE, poll_interval=0.5)
        out.print(f"  [dim]{story}: {self.address}/runs/flow-run/{run.id}[/dim]", highlight=False, soft_wrap=True)
        if not run.state or not run.state.is_completed():
            raise SourceUnavailable(
                f"The run of {story} ended as {run.state and run.state.name}: {run.state and run.state.message}",
                "Open its link with KEEP=1.",
            )

    def stay(self) -> None:
        """Keep the UI up until interrupted."""
        out.print(f"The UI stays at [bold]{self.address}[/bold]. Stop with Ctrl-C.")
        try:
            self._process.wait()
        except KeyboardInterrupt:
            out.print("Stopped.")


def _import_prefect() -> None:
    import prefect.deployments  # noqa: F401
