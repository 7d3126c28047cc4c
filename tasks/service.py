"""The service that keeps a root, as other programs on its machine find it."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path

from muniment.schemas.canonical import sha256
from muniment.store.root import Root

TOKEN_HEADER = "x-muniment-service"  # how our own programs prove that they are ours; whoever has the keyring can make its value
_FILE = "service.json"


def home(root: str) -> Path:
    """Prefect's own database lies beside a local root, and in the user's data folder for S3. It holds ids only."""
    if not root.startswith("s3://"):
        return Path(root).resolve() / "prefect"
    data = Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser()
    return data / "muniment" / sha256(root.encode())[:16] / "prefect"


def token(root: Root) -> str:
    """What the service takes for one of its own."""
    return root.vault.key("service").hex()


def note_address(root: str, address: str) -> None:
    """Write down where the service for a root listens."""
    path = home(root) / _FILE
    path.with_suffix(".new").write_text(json.dumps({"address": address}))
    path.with_suffix(".new").replace(path)


def listening(root: Root) -> str:
    """Address of the service for a root when it runs on this machine; empty when none answers."""
    try:
        address = str(json.loads((home(root.uri) / _FILE).read_text())["address"])
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
            return address if answer.status == 200 else ""
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return ""


def reach(root: Root) -> bool:
    """Make this process talk to the service for a root, as one of its own; False when there is none to talk to.

    A process that has a Prefect server already, or is a flow run, keeps it.
    """
    if os.environ.get("PREFECT_API_URL"):
        return True
    if not (address := listening(root)):
        return False
    os.environ["PREFECT_API_URL"] = f"{address}/api"
    os.environ["PREFECT_CLIENT_CUSTOM_HEADERS"] = json.dumps({TOKEN_HEADER: token(root)})
    return True
