"""Run the residue verifier over every place where a copy can be. It is a program of its own, and is run as one."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from muniment.errors import Stop
from muniment.schemas.erasure import Residue
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root, projection
from muniment.tasks import service
from muniment.tasks.custody import backup
from muniment.tasks.pool import cores
from muniment.verifiers.residue.needles import Needles

Scope = Literal["everything", "touched"]
# Records that list ids and digests of what was erased or decided, by design: they reveal nothing, and no text may be there either.
IDS_MAY_STAND_IN = (
    "ledger/*", "ledger-head.json", "checkpoints/*", "lineage.duckdb*", "erasures/*", "tombstones/*", "withheld/*", "holds/*",
    "reviews/*", "samples/*", "recipients/*", "revocations/*",
    "prefect/prefect.db*", "prefect.db*",  # when a steward decides about a document by its id, that is a parameter of the flow run
)  # fmt: skip
_OURS = "muniment-"  # how our temporary folders are named
_LARGE = ("objects/*", "derived/*", "signatures/*", "holdings/*", "originals/*", "scratch/*")


class Looked(Record):
    """What the verifier said."""

    residue: tuple[Residue, ...]
    checked: dict[str, int]  # kind of file → how many; `bytes` searched
    not_checked: dict[str, int]  # reason → how many files
    unread: dict[str, str]  # file or place → why
    seconds: float


def look(root: Root, needles: Needles, scope: Scope = "everything", since: float = 0) -> Looked:
    """Search all places for what is left; `touched` leaves out objects that are older than `since`, seconds since 1970."""
    # Not named like our other temporary folders: those are searched.
    with tempfile.TemporaryDirectory(prefix="residue-") as folder:
        path = Path(folder) / "needles.npz"
        path.write_bytes(needles.dump())
        command = [sys.executable, "-m", "muniment.verifiers.residue", *places(root), "--json", "--needles", str(path)]
        command += ["--keys", "-", "--threads", str(cores()), "--ids-may-stand-in", *IDS_MAY_STAND_IN]
        command += ["--since", str(since), "--large", *_LARGE] if scope == "touched" else []
        done = subprocess.run(command, check=False, input=json.dumps(_keys(root)), capture_output=True, text=True)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise Stop(
            "The verifier stopped before it was done.",
            "Run it by itself to see why: `python -m muniment.verifiers.residue --help`.",
        )
    said = json.loads(done.stdout)
    return Looked(
        residue=tuple(
            Residue(place=each["place"], name=each["name"], trace=each["trace"], count=each["times"]) for each in said["residue"]
        ),
        checked={**said["checked"], "bytes": said["bytes"]},
        not_checked=said["not_checked"],
        unread={name: why for name, why in said["unread"].items() if not _went_away(name)},
        seconds=said["seconds"],
    )


def places(root: Root) -> list[str]:
    """The root, its projection, what Prefect keeps, temporary folders of ours, and every backup that can be reached."""
    found = [root.uri, *(each.uri for each in backup.registered(root) if each.reachable)]
    beside = [projection(root.uri).parent, *_prefect(root.uri), *sorted(Path(tempfile.gettempdir()).glob(f"{_OURS}*"))]
    inside = Path(root.uri) if "://" not in root.uri else None
    for each in beside:
        path = each.resolve()
        if path.exists() and not (inside and path.is_relative_to(inside)) and str(path) not in found:
            found.append(str(path))
    return found


def _went_away(place: str) -> bool:
    """Whether a place lay in a temporary folder of another process of ours, and is gone: what is not there keeps nothing."""
    path, shared = Path(place), Path(tempfile.gettempdir()).resolve()
    ours = path.is_relative_to(shared) and path != shared and path.relative_to(shared).parts[0].startswith(_OURS)
    return ours and not path.exists()


def _prefect(uri: str) -> list[Path]:
    """Of the service for this root, whether it runs or not, and of the run that we are in."""
    return [service.home(uri), *(Path(each).expanduser() for each in (os.environ.get("PREFECT_HOME"),) if each)]


def _keys(root: Root) -> dict[str, str]:
    """Data keys of the root and its backups, by their ids."""
    held = dict[str, str]()
    for each in (root, *(open_root(other.uri) for other in backup.registered(root) if other.reachable)):
        encryption = each.keychain.encryption()
        held |= {key.id: each.keychain.data_key(key.id).hex() for key in (encryption.keys if encryption else ())}
    return held
