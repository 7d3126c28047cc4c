"""A night of retention with everything in S3, on a real server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.retention import enforce, windows
from tests.stories import prose, write

from muniment import flows
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.corpus import required
from muniment.tasks.rebuild import rebuild
from muniment.tasks.retain import ages, holds, unnamed

pytestmark = pytest.mark.s3


@pytest.fixture
def uri(shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty root in a bucket; keys and projection stay on this machine."""
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://{shared_bucket}/{uuid4().hex}"


def test_replaced_states_and_their_objects_go_and_a_hold_is_kept(uri: str, tmp_path: Path, register: Callable[..., Source]) -> None:
    root, now = open_root(uri), datetime.now(UTC)
    register(tmp_path / "wiki", "wiki", lane="green")
    for number in range(3):
        write(tmp_path / "wiki" / f"{number}.md", prose(number))
        flows.capture("wiki", root=uri)
        flows.promote(root=uri)
    enforce(uri, windows(snapshots=10, captures=10, judgements=10, work=10, unnamed=2))
    holds.place(uri, "case", "litigation", "dana", sources=["wiki"])
    assert flows.retain(root=uri, at=now + timedelta(days=20)).removed.keys() <= {"work"}
    holds.release(uri, "case", "settled", "dana")
    done = flows.retain(root=uri, at=now + timedelta(days=21))
    assert {name: done.removed[name] for name in ("snapshots", "captures", "judgements")} == dict.fromkeys(
        ("snapshots", "captures", "judgements"), 2
    )
    left = unnamed.unnamed(root)
    assert left and flows.retain(root=uri, at=now + timedelta(days=24)).removed["unnamed"] == len(left)
    assert unnamed.unnamed(root) == [] and ages.first_seen(root).height == 3
    assert rebuild(uri, required(root, "production").id, "dana").level == "exact"
