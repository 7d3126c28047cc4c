"""Runs that can be told and repeated: their records, a snapshot that is built again, and how far two lie apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import CONTACT, LICENCE, prose, write

from muniment import flows
from muniment.errors import GateFailed, RegistryError
from muniment.schemas.capture import Judgement
from muniment.schemas.erasure import Selector
from muniment.schemas.ledger import EntryKind
from muniment.schemas.rebuild import Level
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies, runs
from muniment.tasks.corpus import required
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.history import diff
from muniment.tasks.rebuild import rebuild
from muniment.tasks.retain import ages
from muniment.tasks.sources import suspend_source


@pytest.fixture
def promoted(uri: str, tmp_path: Path, register: Callable[..., Source]) -> Path:
    """A green-lane source of three pages, one of them with a name to redact; captured and promoted."""
    folder = tmp_path / "wiki"
    write(folder / "a.md", prose(1))
    write(folder / "b.md", prose(2))
    write(folder / "contact.md", LICENCE + CONTACT * 2)
    register(folder, "wiki", lane="green")
    flows.capture("wiki", root=uri)
    flows.promote(root=uri)
    return folder


def test_a_run_leaves_a_record_of_what_it_did_and_with_what(uri: str, promoted: Path) -> None:
    root = open_root(uri)
    first, second = runs.runs(root)[::-1]
    assert (first.story, first.outcome, first.parameters["source"], first.parameters["actor"]) == (
        "capture",
        "done",
        "wiki",
        "schedule",
    )
    assert first.did["listed"] == 3 and first.did["capture"] == required(root, "production").parts[0].capture
    assert first.rules.policy == policies.current(root).digest and first.rules.licences and first.rules.tools
    assert first.versions["core.chunks.CHUNKER"] and first.versions["tasks.fetch.NORMALISER"]
    assert {"processes", "polars", "arrow"} <= set(first.threads)
    stood = runs.environment_of(root, first)
    assert {"polars", "pyarrow", "pydantic"} <= set(stood.packages) and stood.memory > 0 and stood.python.startswith("3.")
    assert (second.story, second.did["snapshot"]) == ("promote", required(root, "production").id)
    kinds = [each.kind for each in root.ledger.since(first.entries[0])][: first.entries[1] - first.entries[0]]
    assert EntryKind.CAPTURED in kinds and EntryKind.JUDGED in kinds


def test_a_run_that_fails_is_recorded_with_its_error_and_no_lease_is_left(uri: str) -> None:
    with pytest.raises(RegistryError):
        flows.capture("nowhere", root=uri)
    [made] = runs.runs(open_root(uri))
    assert made.outcome == "REGISTRY" and made.did == {}
    assert not list(open_root(uri).objects.list("leases/"))


def test_a_run_inside_of_another_names_it(uri: str, promoted: Path) -> None:
    flows.nightly(root=uri)
    made = runs.runs(open_root(uri))
    [night] = [each for each in made if each.story == "nightly"]
    assert {each.story for each in made if each.parent == night.id} >= {"capture", "promote", "index"} and night.parent == ""


def test_what_people_wrote_and_what_documents_say_is_in_no_record(uri: str, promoted: Path) -> None:
    root = open_root(uri)
    doc_id = ages.first_seen(root)["doc_id"][0]
    flows.erase(request_erasure(uri, Selector(documents=(doc_id,)), "asked by Jo Smith", "dana").id, root=uri)
    kept = b"".join(root.objects.read(key) for key in root.objects.list("runs/"))
    assert not any(each in kept for each in (b"jo.smith", b"Jo Smith", doc_id.encode(), str(promoted).encode()))


def test_a_snapshot_that_is_built_again_is_byte_for_byte_the_same_and_nothing_is_stored(uri: str, promoted: Path) -> None:
    root = open_root(uri)
    before, shown = set(root.objects.list("objects/")), root.objects.read("refs/production.json")
    made = rebuild(uri, "production", "dana")
    assert (made.level, made.equal, made.shards) == (Level.EXACT, 1, 1)
    assert set(root.objects.list("objects/")) == before and root.objects.read("refs/production.json") == shown
    entry = next(each for each in root.ledger.since(0) if each.kind is EntryKind.REBUILT)
    assert entry.reasons == ("EXACT",) and entry.counts["equal"] == 1


def test_after_an_erasure_what_is_built_again_equals_the_revision_that_superseded(uri: str, promoted: Path) -> None:
    root = open_root(uri)
    doc_id = ages.first_seen(root)["doc_id"][0]
    flows.erase(request_erasure(uri, Selector(documents=(doc_id,)), "a request", "dana").id, root=uri)
    assert required(root, "production").revision == 1
    made = rebuild(uri, "production", "dana")
    assert (made.level, made.revision) == (Level.EXACT, 1)


def test_a_snapshot_that_came_out_otherwise_and_one_that_lacks_something_say_so(uri: str, promoted: Path) -> None:
    root = open_root(uri)
    part = required(root, "production").parts[0]
    for key in list(root.objects.list("registry/history/wiki/")):
        root.objects.delete(key)
    assert rebuild(uri, "production", "dana").parts[0].level is Level.CANNOT
    root.objects.put("registry/history/wiki/000001.toml", root.objects.read("registry/wiki.toml"))
    assert rebuild(uri, "production", "dana").level is Level.EXACT
    [evidence] = root.manifests.get("judgements", part.judgement, Judgement).shards
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    shorter = root.lake.rewrite(root.lake.table(evidence.verdicts.digest).slice(0, 2))
    root.manifests.supersede(
        "judgements",
        judgement.model_copy(update={"revision": 1, "shards": (evidence.model_copy(update={"verdicts": shorter}),)}),
    )
    [made] = rebuild(uri, "production", "dana").parts
    assert made.level is Level.DIFFERS and "1 documents" in made.why


def _second_source(uri: str, folder: Path, register: Callable[..., Source]) -> None:
    """Three documents of another source, captured with those of the first."""
    for number in range(3):
        write(folder / f"{number}.md", prose(10 + number))
    register(folder, "desk", lane="green")
    for name in ("wiki", "desk"):
        flows.capture(name, root=uri)


def test_a_difference_has_a_number_for_each_dimension_and_the_settings_that_changed(
    uri: str, promoted: Path, tmp_path: Path, register: Callable[..., Source]
) -> None:
    root = open_root(uri)
    first = required(root, "production").id
    policies.put_in_force(root, policies.text(root).replace("below = 20", "below = 19"))
    _second_source(uri, tmp_path / "desk", register)
    flows.promote(root=uri)
    found = diff(uri, first, "production")
    assert found.added == 3 and found.shifts["source_id"].divergence == pytest.approx(0.311, abs=1e-3)
    assert found.shifts["licence"].divergence == 0 and found.shifts["action"].divergence > 0
    assert [(each.name, each.before, each.after) for each in found.settings] == [("rule[TOO_SHORT].signal.below", "20.0", "19.0")]
    assert sum(before for before, _ in found.shares["length"].values()) == 3
    same = diff(uri, "production", "production")
    assert all(each.divergence == each.stability == 0 for each in same.shifts.values()) and same.settings == ()


def test_a_shift_that_is_too_large_blocks_the_promotion(
    uri: str, promoted: Path, tmp_path: Path, register: Callable[..., Source]
) -> None:
    root = open_root(uri)
    shown = required(root, "production").id
    policies.put_in_force(root, policies.text(root).replace("max_source_shift = 1.0", "max_source_shift = 0.3"))
    _second_source(uri, tmp_path / "desk", register)
    with pytest.raises(GateFailed, match=r"source_shift is 0\.311"):
        flows.promote(root=uri)
    assert required(root, "production").id == shown
    suspend_source(uri, "desk", "dana")
    flows.promote(root=uri)
