"""A server process of ours: started, waited for, ended with us, and not left behind when we are killed."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from muniment.errors import SourceUnavailable


@contextmanager
def listening(
    application: str,
    host: str,
    port: int,
    health: str,
    settings: Mapping[str, str],
    workers: int = 1,
    patience: float = 180,
    option: str = "--port",
    heard: bool = False,
) -> Iterator["subprocess.Popen[bytes]"]:
    """An application under uvicorn that is healthy inside the block; raises `SourceUnavailable` when it does not start.

    application: `module:factory`; health: the path that answers 200 once it listens; option: what chooses its port, for the message.
    heard: its log goes where ours goes.
    """
    reading, writing = os.pipe()  # not inherited but for the end that is handed on: `fastened` says what for
    command = [sys.executable, "-m", "muniment.server.fastened", str(reading)]
    command += ["--factory", application, "--host", host, "--port", str(port)]
    # Who asks is read from the connection itself: uvicorn must not believe a header about that.
    command += ["--timeout-keep-alive", "30", "--no-proxy-headers", "--no-server-header"]
    command += ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "15", "--workers", str(workers)]
    silent = None if heard else subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings},
        stdout=silent,
        stderr=silent,
        stdin=subprocess.DEVNULL,
        pass_fds=(reading,),
        start_new_session=True,  # and so the head of a group, that its workers are in
    )
    os.close(reading)
    try:
        _wait(f"http://{host}:{port}{health}", process, patience, option)
        yield process
    finally:
        _end(process)
        os.close(writing)


@contextmanager
def watched(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End this process too when that one ends inside the block: whoever keeps us running starts both again."""
    leaving = threading.Event()

    def watch() -> None:
        while not leaving.wait(1):
            if process.poll() is not None:
                os.kill(os.getpid(), signal.SIGTERM)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        leaving.set()


def _end(process: "subprocess.Popen[bytes]", patience: float = 20) -> None:
    """Ask it to end and wait; then end its group, in which workers of a supervisor that was killed would go on listening."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(process.pid, signal.SIGKILL)


def _wait(address: str, process: "subprocess.Popen[bytes]", patience: float, option: str) -> None:
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
    raise SourceUnavailable("The server did not start.", f"See whether something else uses its port ({address}); try {option}.")
