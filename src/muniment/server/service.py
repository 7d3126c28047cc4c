"""One command that runs it all: Prefect's server and UI, our deployments with their schedules, and a worker."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.errors import SourceUnavailable
from muniment.server.settings import environment

DEPLOYMENTS = {
    "capture": "Ingest a source into quarantine, gather evidence, judge, and show a steward what there is to decide.",
    "review": "Decide about a captured source. Open it from the link in the evidence pack; what you decide is kept with your name.",
    "promote": "Publish what is approved as a new snapshot.",
    "rollback": "Show an earlier snapshot and its index again.",
    "index": "Build a search index from what a ref shows.",
    "nightly": "Capture what is due, promote what is approved, refresh the index.",
    "rescan": "Look for duplicates anew in everything that was captured; a source that comes out differently waits for its steward.",
    "revoke": "Erase what hangs on a licence that was taken back, and prove it.",
    "erase": "Carry out an erasure request that was written down before, and prove it.",
}
DEPLOYED_AS = "steward"
SCHEDULES = {"nightly": "15 2 * * *", "rescan": "15 4 * * 0"}  # every night, and once a week


def serve(root: str, host: str, port: int) -> None:
    """Run until interrupted. The server is stopped with us; deployments and schedules stay for the next time."""
    os.environ.update(environment(root, host, port))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # leave through the block below, so that the server is stopped too
    with server(host, port):
        work()


@contextmanager
def server(host: str, port: int, patience: float = 180) -> Iterator[subprocess.Popen[bytes]]:
    """A Prefect server that is healthy inside the block; raises `SourceUnavailable` when it does not start."""
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(f"http://{host}:{port}/api/health", process, patience)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def work() -> None:
    """Register the deployments and execute their runs until interrupted."""
    from prefect import serve as prefect_serve
    from prefect.deployments.runner import RunnerDeployment

    made = [
        RunnerDeployment.from_entrypoint(
            f"muniment.server.deployed.{name}",
            name=DEPLOYED_AS,
            description=text,
            cron=SCHEDULES.get(name),
            tags=["muniment"],
        )
        for name, text in DEPLOYMENTS.items()
    ]
    prefect_serve(*made, pause_on_shutdown=False, print_starting_message=False, limit=2)


def _wait(address: str, process: subprocess.Popen[bytes], patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SourceUnavailable(
        "The Prefect server did not start.", f"See whether something else uses its port ({address}); try --port."
    )
