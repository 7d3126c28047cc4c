"""A night of retention: what outlived its window is gone everywhere, what did not is untouched, and holds are kept."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.retention import Clock, day, enforce, turn, windows, written
from tests.stories import GARDEN, handbook, prose, write

from muniment import flows
from muniment.schemas.capture import Capture
from muniment.schemas.erasure import Purpose, Receipt
from muniment.schemas.ledger import EntryKind
from muniment.schemas.retention import Retained
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import models
from muniment.tasks.corpus import required
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import requests
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.retain import ages, holds, retention, unnamed
from muniment.tasks.retain import enforce as enforcing
from muniment.tasks.retain.plan import plan_retention

Register = Callable[..., Source]
_GREEN = {"lane": "green"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    turn(monkeypatch)


def night(uri: str, number: float) -> Retained:
    """Retention as of a day."""
    return flows.retain(root=uri, actor="schedule", at=day(number))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with a source captured, promoted and indexed on days 0, 10 and 20, each time with one more page."""
    place = tmp_path_factory.mktemp("retention")
    folder, uri = place / "wiki", str(place / "root")
    with pytest.MonkeyPatch.context() as patched:
        turn(patched)
        write(folder / "page-0.md", prose(0))
        handbook(uri, folder, "wiki", **_GREEN)
        for number in (0, 10, 20):
            day(number)
            write(folder / f"page-{number}.md", prose(number))
            flows.capture("wiki", root=uri)
            flows.promote(root=uri)
            flows.index(root=uri)
        written(Path(uri), Clock.moment)
    return place / "root"


@pytest.fixture
def grown(template: Path, uri: str) -> None:
    """A copy of that root for each test, on day 20."""
    shutil.copytree(template, uri)
    day(20)


def kept(root: Root) -> dict[str, int]:
    """How many manifests of each kind there are."""
    folders = {"captures": len(root.manifests.ids("captures"))}
    return folders | {name: len(root.manifests.ids(name)) for name in ("judgements", "snapshots", "indexes")}


def test_replaced_states_go_when_their_window_is_over_and_nothing_younger_does(uri: str, grown: None) -> None:
    root = open_root(uri)
    enforce(uri, windows(snapshots=30, captures=30, judgements=30, indexes=30, unnamed=2))
    assert night(uri, 35).removed == {} and kept(root) == dict.fromkeys(kept(root), 3)
    first = night(uri, 40.5)  # the first snapshot was replaced on day 10
    assert first.removed == {"captures": 1, "indexes": 1, "judgements": 1, "snapshots": 1}
    assert kept(root) == dict.fromkeys(kept(root), 2)
    assert night(uri, 50.5).removed["snapshots"] == 1
    assert required(root, "production").id == root.manifests.ids("snapshots")[0]
    entries = [each for each in root.ledger.since(0) if each.kind is EntryKind.RETENTION_ENFORCED]
    assert [each.counts["snapshots"] for each in entries] == [1, 1]


def test_objects_wait_for_a_grace_after_nothing_names_them_and_then_nothing_unnamed_is_left(uri: str, grown: None) -> None:
    root = open_root(uri)
    enforce(uri, windows(snapshots=30, captures=30, judgements=30, indexes=30, work=30, unnamed=2))
    before = set(copies.objects(root))
    night(uri, 51)
    left = unnamed.unnamed(root)
    assert left and set(copies.objects(root)) == before
    assert "unnamed" not in night(uri, 52).removed
    assert night(uri, 53.5).removed["unnamed"] == len(left)
    assert unnamed.unnamed(root) == []
    snapshot = required(root, "production")
    for shard in snapshot.shards():
        root.lake.verify(shard)
    assert flows.index(root=uri).snapshot == snapshot.id


def test_what_is_taken_up_again_during_the_grace_is_kept(uri: str, grown: None) -> None:
    root = open_root(uri)
    enforce(uri, windows(snapshots=30, unnamed=2))
    going = next(each for each in root.manifests.all("snapshots", Snapshot) if each.statistics["documents"] == 1)
    night(uri, 51)
    assert going.id not in root.manifests.ids("snapshots")
    root.manifests.put("snapshots", going)
    night(uri, 55)
    for shard in going.shards():
        root.lake.verify(shard)


def test_nothing_is_swept_while_another_run_is_at_work(uri: str, grown: None) -> None:
    root = open_root(uri)
    enforce(uri, windows(snapshots=30, work=0, unnamed=0))
    night(uri, 51)
    lease = '{"machine":"elsewhere","process":1,"since":"2126-01-01T00:00:00Z","story":"capture"}'
    root.objects.put("leases/other.json", lease.encode())
    left = unnamed.unnamed(root)
    assert left and any("another run" in why for why in night(uri, 52).put_off)
    assert unnamed.unnamed(root) == left
    root.objects.delete("leases/other.json")
    assert night(uri, 53).removed["unnamed"] == len(left)


def test_the_last_few_stay_whatever_their_age(uri: str, grown: None) -> None:
    enforce(uri, windows(last=1, snapshots=1, captures=1, judgements=1, indexes=1))
    night(uri, 500)
    assert kept(open_root(uri)) == {"captures": 3, "judgements": 3, "snapshots": 2, "indexes": 2}


def test_a_snapshot_that_a_model_learnt_from_or_that_holds_a_held_document_stays(uri: str, grown: None) -> None:
    root = open_root(uri)
    by_size = sorted(root.manifests.all("snapshots", Snapshot), key=lambda each: each.statistics["documents"])
    models.register(uri, "writer", "1.0", [by_size[0].id], "", "", "dana")
    enforce(uri, windows(snapshots=1))
    done = night(uri, 100)
    assert by_size[0].id in root.manifests.ids("snapshots") and done.removed == {"snapshots": 1, "indexes": 1}
    assert [(each.name, each.by) for each in done.held] == [(by_size[0].id, "model writer@1.0")]
    holds.place(uri, "case", "litigation", "dana", sources=["wiki"])
    assert plan_retention(uri, day(200)).things == ()


def test_a_night_that_was_cut_off_is_finished_by_the_next_and_told_whole(
    uri: str, grown: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = open_root(uri)
    enforce(uri, windows(snapshots=30, captures=30, judgements=30, indexes=30))
    calls = 0

    def cut_off(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        real(*_)  # type: ignore[arg-type]

    real = enforcing._remove
    monkeypatch.setattr(enforcing, "_remove", cut_off)
    with pytest.raises(KeyboardInterrupt):
        night(uri, 51)
    monkeypatch.setattr(enforcing, "_remove", real)
    done = night(uri, 51.5)
    assert done.removed == {"captures": 2, "indexes": 2, "judgements": 2, "snapshots": 2}
    assert list(root.objects.list("retention/nights/")) == []
    assert [each.counts for each in root.ledger.since(0) if each.kind is EntryKind.RETENTION_ENFORCED] == [done.removed]
    assert night(uri, 52).removed == {}


@pytest.fixture
def quarantined(uri: str, tmp_path: Path, register: Register) -> Path:
    """A source with a page that is accepted, one that is held (no licence) and one that is refused (too short), since day 0."""
    folder = tmp_path / "mixed"
    write(folder / "good.md", prose(1))
    write(folder / "held.md", "# Garden\n\n" + GARDEN * 3)
    write(folder / "refused.md", "SPDX-License-Identifier: MIT\n\nToo short.")
    register(folder, "mixed")
    captured = flows.capture("mixed", root=uri)
    assert {captured.actions[each] for each in ("accept", "hold", "reject")} == {1}
    return folder


def names(root: Root, source: str) -> set[str]:
    """File names of what a source's capture holds."""
    captures = [
        root.manifests.get(f"captures/{source}", name.partition("/")[2], Capture) for name in root.manifests.ids("captures")
    ]
    shards = [shard for each in captures for shard in each.shards]
    return {row["native_key"] for shard in shards for row in root.lake.table(shard.digest).to_pylist()}


def test_held_and_refused_documents_are_erased_when_their_windows_are_over_and_stay_out(uri: str, quarantined: Path) -> None:
    root = open_root(uri)
    enforce(uri, windows(held=30, rejected=10))
    assert night(uri, 9).requests == ()
    assert len(night(uri, 11).requests) == 1 and names(root, "mixed") == {"good.md", "held.md"}
    done = night(uri, 31)
    assert names(root, "mixed") == {"good.md"} and done.failed == {}
    assert {each.purpose for each in requests(root)} == {Purpose.RETENTION}
    write(quarantined / "new.md", prose(5))
    flows.capture("mixed", root=uri)
    assert "held.md" not in names(root, "mixed") and "new.md" in names(root, "mixed")


def test_a_contract_that_allows_so_many_days_takes_promoted_documents_out_too(uri: str, tmp_path: Path, register: Register) -> None:
    root = open_root(uri)
    write(tmp_path / "partner" / "a.md", prose(1))
    register(tmp_path / "partner", "partner", terms={"retention_days": 30}, **_GREEN)
    write(tmp_path / "own" / "b.md", prose(2))
    register(tmp_path / "own", "own", **_GREEN)
    for name in ("partner", "own"):
        flows.capture(name, root=uri)
    flows.promote(root=uri)
    enforce(uri, windows())
    assert night(uri, 29).requests == ()
    assert len(night(uri, 30).requests) == 1
    assert {part.source: sum(shard.rows for shard in part.shards) for part in required(root, "production").parts}.get(
        "partner", 0
    ) == 0
    assert ages.first_seen(root)["source_id"].to_list() == ["own"]


def test_a_source_whose_contract_ended_goes_whole_and_once(uri: str, tmp_path: Path, register: Register) -> None:
    root = open_root(uri)
    write(tmp_path / "partner" / "a.md", prose(1))
    terms = {"delete_on_termination": True, "valid_until": date(2026, 1, 15), "valid_from": date(2025, 1, 1)}
    register(tmp_path / "partner", "partner", terms=terms, **_GREEN)
    flows.capture("partner", root=uri)
    enforce(uri, windows())
    assert night(uri, 13).requests == ()
    assert len(night(uri, 14).requests) == 1 and ages.first_seen(root).height == 0
    assert [(each.purpose, each.selector.source) for each in requests(root)] == [(Purpose.CONTRACT, "partner")]
    assert night(uri, 15).requests == ()


def test_retention_passes_over_what_a_legal_hold_names_until_it_is_released(uri: str, quarantined: Path) -> None:
    root = open_root(uri)
    enforce(uri, windows(held=30, rejected=10))
    holds.place(uri, "case", "litigation", "dana", sources=["mixed"])
    done = night(uri, 100)
    assert done.requests == () and names(root, "mixed") == {"good.md", "held.md", "refused.md"}
    assert [(each.by, each.count) for each in done.held] == [("hold case", 2)]
    holds.release(uri, "case", "settled", "dana")
    assert len(night(uri, 101).requests) == 1 and names(root, "mixed") == {"good.md"}


def test_a_stale_source_is_told_and_where_policy_says_so_not_served_until_it_is_captured(
    uri: str, tmp_path: Path, register: Register
) -> None:
    root = open_root(uri)
    write(tmp_path / "wiki" / "a.md", prose(1))
    register(tmp_path / "wiki", "wiki", max_staleness_days=10, **_GREEN)
    flows.capture("wiki", root=uri)
    enforce(uri, windows(staleness="withhold"))
    assert night(uri, 10).stale == ()
    assert [each.source for each in night(uri, 11).stale] == ["wiki"]
    assert unserved(root).sources == {"wiki"}
    flows.capture("wiki", root=uri)
    assert night(uri, 12).stale == () and not unserved(root).sources
    retention.enact(root, windows(), "dana", now=Clock.moment)
    assert [each.withheld for each in night(uri, 40).stale] == [False] and not unserved(root).sources


def test_a_root_without_a_policy_is_told_a_week_before_anything_ages(uri: str, quarantined: Path) -> None:
    root = open_root(uri)
    assert night(uri, 1000).requests == ()
    announced = [each for each in root.ledger.since(0) if each.kind is EntryKind.RETENTION_ANNOUNCED]
    assert announced[0].counts["HELD_TOO_LONG"] == 1 and "HELD" in announced[0].reasons
    assert night(uri, 1006).requests == ()
    assert len(night(uri, 1007.5).requests) == 1
    assert len([each for each in root.ledger.since(0) if each.kind is EntryKind.RETENTION_ANNOUNCED]) == 1


def test_what_can_be_made_again_goes_by_its_own_age(uri: str, grown: None) -> None:
    root = open_root(uri)
    enforce(uri, windows(work=30, scratch=1, runs=5, checks=5))
    root.objects.put("scratch/crashed/rows.arrow", b"left")
    written(Path(uri), day(60))
    assert night(uri, 60.5).removed == {}
    assert night(uri, 61.5).removed == {"scratch": 1}
    removed = night(uri, 91).removed
    assert removed["work"] and removed["runs"] and not list(root.objects.list("work/"))
    assert "checks" not in removed  # kept snapshots name them


def test_plans_of_proven_erasures_go_before_their_receipts(uri: str, quarantined: Path) -> None:
    root = open_root(uri)
    enforce(uri, windows(rejected=10, needles=30, receipts=100))
    [request] = night(uri, 11).requests
    left = {key.rpartition("/")[2] for key in root.objects.list(f"erasures/{request}/")}
    assert {"plan.json", "request.json", "receipt.json"} <= left
    at = root.manifests.record(f"erasures/{request}/receipt.json", Receipt).finished
    flows.retain(root=uri, at=at + timedelta(days=31))
    left = {key.rpartition("/")[2].partition(".")[0] for key in root.objects.list(f"erasures/{request}/")}
    assert left == {"request", "receipt"}
    flows.retain(root=uri, at=at + timedelta(days=101))
    assert not list(root.objects.list(f"erasures/{request}/"))


def test_a_second_night_does_nothing(uri: str, quarantined: Path) -> None:
    enforce(uri, windows(held=30, rejected=10, snapshots=1, unnamed=0, work=1))
    night(uri, 100)
    night(uri, 103)
    root = open_root(uri)
    before = set(root.objects.list("objects/")) | set(root.objects.list("captures/"))
    again = night(uri, 104)
    assert again.requests == () and {*root.objects.list("objects/"), *root.objects.list("captures/")} == before


def test_due_shows_what_a_night_then_does(uri: str, grown: None) -> None:
    enforce(uri, windows(snapshots=30, captures=30))
    shown = plan_retention(uri, day(51))
    assert kept(open_root(uri)) == dict.fromkeys(kept(open_root(uri)), 3)
    assert night(uri, 51).removed == shown.counts
