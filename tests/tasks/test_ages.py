"""Since when a document is here, whatever was rewritten, shrunk or removed meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.stories import prose, write

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.source import Source
from muniment.store import root as store
from muniment.store.root import open_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.retain import ages

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    day = 0

    @classmethod
    def now(cls, zone: object) -> datetime:
        return START + timedelta(days=cls.day)


@pytest.fixture
def two_captures(uri: str, tmp_path: Path, register: Callable[..., Source], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source captured on day 0 with a.md and b.md, and on day 10 with a.md and c.md."""
    monkeypatch.setattr(store, "datetime", Clock)
    folder = tmp_path / "wiki"
    write(folder / "a.md", prose(1))
    write(folder / "b.md", prose(2))
    register(folder, "wiki")
    Clock.day = 0
    flows.capture("wiki", root=uri)
    (folder / "b.md").unlink()
    write(folder / "c.md", prose(3))
    Clock.day = 10
    flows.capture("wiki", root=uri)
    return folder


def days(uri: str) -> list[int]:
    return sorted((seen - START).days for seen in ages.first_seen(open_root(uri))["seen"])


def test_a_document_is_as_old_as_the_first_capture_that_held_it(uri: str, two_captures: Path) -> None:
    assert days(uri) == [0, 0, 10]
    assert ages.first_seen(open_root(uri), "nowhere").height == 0


def test_an_erasure_that_rewrites_shards_leaves_the_ages_of_the_others(uri: str, two_captures: Path) -> None:
    root = open_root(uri)
    youngest = ages.first_seen(root).sort("seen")["doc_id"][-1]
    flows.erase(request_erasure(uri, Selector(documents=(youngest,)), "a test", "dana").id, root=uri)
    assert days(uri) == [0, 0]


def test_ages_outlive_the_captures_that_told_them(uri: str, two_captures: Path) -> None:
    root = open_root(uri)
    ages.keep(root, "wiki")
    first = min(ages.captured(root).items(), key=lambda each: each[1])[0]
    for key in list(root.objects.list(f"captures/wiki/{first}/")):
        root.objects.delete(key)
    assert days(uri) == [0, 10]
    ages.keep(root, "wiki")
    assert days(uri) == [0, 10] and len(list(root.objects.list("ages/"))) == 1


def test_what_is_remembered_of_ages_names_no_document(uri: str, two_captures: Path) -> None:
    root = open_root(uri)
    ages.keep(root, "wiki")
    kept = b"".join(root.objects.read(key) for key in root.objects.list("ages/"))
    assert not any(doc_id.encode() in kept for doc_id in ages.first_seen(root)["doc_id"])
