"""A root to search, with a document that most may not read, and `muniment search-service` as a child process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from tests.seaweed import free_port
from tests.stories import CONTACT, GARDEN, LICENCE, TRAVEL, write

from muniment import flows
from muniment.schemas.canonical import sha256
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

SECRET = "The merger with Aldermoor is announced in March, and travel to Aldermoor is paid from the merger budget. "
PRINCIPALS = """
[dana]
groups = ["staff", "everyone"]
clearance = "restricted"

[robin]
groups = ["staff", "board"]
clearance = "restricted"

[guest]
groups = ["everyone"]
"""
ROLES = {"dana": "reader", "robin": "operator", "guest": "reader", "stranger": "reader"}  # the stranger is no principal
_SOURCES = {
    "handbook": (
        "staff",
        "internal",
        {"travel": ("Travel", TRAVEL * 3), "garden": ("Garden", GARDEN * 3), "contact": ("Shelves", CONTACT)},
    ),
    "board": ("board", "restricted", {"merger": ("Merger", SECRET * 2)}),
}


def searchable(base: Path) -> str:
    """Address of a root with an index of two sources, of which one is the board's."""
    uri = str(base / "root")
    for source, (group, classification, documents) in _SOURCES.items():
        for name, (title, text) in documents.items():
            write(base / source / f"{name}.md", f"{LICENCE}# {title}\n\n{text}")
        plain = {"id": source, "kind": "folder", "location": str(base / source), "owner": "People team", "steward": "dana"}
        add_source(uri, Source.model_validate({**plain, "acl": (group,), "classification": classification}), "tester")
        approve_source(uri, source, "dana")
        flows.capture(source, root=uri)
        decide(uri, source, Decision.APPROVE, "for the tests", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    principals.put_in_force(open_root(uri), PRINCIPALS)
    return uri


def people_file(base: Path) -> Path:
    """People whose keys are `NAME's key`."""
    path = base / "people.toml"
    path.write_text(
        "".join(f'[{name}]\nrole = "{role}"\nkey = "{sha256(key_of(name).encode())}"\n' for name, role in ROLES.items())
    )
    return path


def patient(base: Path) -> Path:
    """Settings that allow for a machine that does much else."""
    path = base / "patient.toml"
    path.write_text("seconds = 90\nrate = 100\nburst = 100\n")
    return path


def key_of(name: str) -> str:
    """Their key."""
    return f"{name}'s key"


def bearer(name: str) -> dict[str, str]:
    """The header that shows their key."""
    return {"authorization": f"Bearer {key_of(name)}"}


class Answering:
    """The service for a root in processes of its own; started by `with`."""

    def __init__(self, root: str, *options: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = Path(root).parent / f"search-{self.port}.log"
        self._command = [sys.executable, "-m", "muniment", "search-service", "--root", root, "--port", str(self.port), *options]

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.address}/ready", timeout=20).status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.3)
        raise AssertionError(self.log.read_text()[-3000:])

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End it as a process manager does."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(40)

    def ask(self, text: str, name: str = "dana", **fields: Any) -> httpx.Response:
        """One question."""
        return httpx.post(f"{self.address}/v1/search", json={"text": text, **fields}, headers=bearer(name), timeout=60)
