"""Legal holds: what they reach, and who may place and release them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.stories import CONTACT, LICENCE, prose, write

from muniment import flows
from muniment.errors import Forbidden, NotFound, RegistryError
from muniment.schemas.evidence import FINDING
from muniment.schemas.ledger import EntryKind
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.erasure import copies
from muniment.tasks.retain import ages, holds

LEGAL = '[robin]\ngroups = ["legal"]\n'


@pytest.fixture
def captured(uri: str, tmp_path: Path, register: Callable[..., Source]) -> dict[str, list[str]]:
    """Ids of the documents of two sources, `wiki` (steward dana) and `desk` (steward kim); robin is in the group legal."""
    write(tmp_path / "wiki" / "a.md", prose(1))
    write(tmp_path / "wiki" / "b.md", LICENCE + CONTACT * 2)
    write(tmp_path / "desk" / "c.md", prose(3))
    register(tmp_path / "wiki", "wiki")
    register(tmp_path / "desk", "desk", steward="kim")
    principals.put_in_force(open_root(uri), LEGAL)
    for name in ("wiki", "desk"):
        flows.capture(name, root=uri)
    return {name: ages.first_seen(open_root(uri), name)["doc_id"].to_list() for name in ("wiki", "desk")}


def test_a_hold_reaches_the_documents_and_sources_that_it_names_and_no_other(uri: str, captured: dict[str, list[str]]) -> None:
    everything = [*captured["wiki"], *captured["desk"]]
    assert holds.held(open_root(uri), everything) == {}
    holds.place(uri, "case-1", "litigation", "robin", documents=captured["wiki"][:1])
    holds.place(uri, "case-2", "litigation", "kim", sources=["desk"])
    assert holds.held(open_root(uri), everything) == {captured["wiki"][0]: "case-1", captured["desk"][0]: "case-2"}
    assert set(holds.everything_held(open_root(uri))) == {captured["wiki"][0], captured["desk"][0]}
    holds.release(uri, "case-1", "settled", "robin")
    assert holds.held(open_root(uri), everything) == {captured["desk"][0]: "case-2"}


def test_a_hold_of_a_source_reaches_what_is_captured_later(uri: str, captured: dict[str, list[str]], tmp_path: Path) -> None:
    holds.place(uri, "case-2", "litigation", "kim", sources=["desk"])
    write(tmp_path / "desk" / "d.md", prose(4))
    flows.capture("desk", root=uri)
    assert len(holds.held(open_root(uri), ages.first_seen(open_root(uri))["doc_id"].to_list())) == 2


def test_a_hold_of_a_person_reaches_the_documents_that_tell_of_them(uri: str, captured: dict[str, list[str]]) -> None:
    root = open_root(uri)
    found = {
        row["keyed_hash"]
        for name in copies.objects(root)
        if root.lake.columns(name, [])[0] == FINDING.names
        for row in root.lake.table(name).to_pylist()
    }
    holds.place(uri, "person", "litigation", "robin", subjects=sorted(found)[:1])
    assert len(holds.held(root, captured["wiki"])) == 1
    assert holds.held(root, captured["desk"]) == {}


def test_only_legal_or_the_steward_of_all_that_is_reached_may_hold_and_release(uri: str, captured: dict[str, list[str]]) -> None:
    with pytest.raises(Forbidden, match="not the steward of desk"):
        holds.place(uri, "case", "litigation", "dana", sources=["desk"])
    with pytest.raises(Forbidden, match="not the steward of desk"):
        holds.place(uri, "case", "litigation", "dana", documents=[captured["wiki"][0], captured["desk"][0]])
    with pytest.raises(Forbidden, match="across all sources"):
        holds.place(uri, "case", "litigation", "dana", subjects=["ab" * 32])
    with pytest.raises(Forbidden, match="steward of none"):
        holds.place(uri, "case", "litigation", "dana", documents=["0" * 32])
    holds.place(uri, "case", "litigation", "dana", documents=captured["wiki"])
    with pytest.raises(Forbidden):
        holds.release(uri, "case", "no longer needed", "kim")
    assert holds.release(uri, "case", "settled", "robin").actor == "robin"


def test_a_hold_never_changes_and_is_recorded_once(uri: str, captured: dict[str, list[str]]) -> None:
    first = holds.place(uri, "case", "litigation", "dana", sources=["wiki"])
    assert holds.place(uri, "case", "litigation", "dana", sources=["wiki"]) == first
    with pytest.raises(RegistryError, match="placed before"):
        holds.place(uri, "case", "litigation", "robin", sources=["desk"])
    holds.release(uri, "case", "settled", "dana")
    assert holds.release(uri, "case", "again", "dana").reason == "settled"
    with pytest.raises(RegistryError, match="placed before"):
        holds.place(uri, "case", "litigation", "dana", sources=["wiki"])
    kinds = [entry.kind for entry in open_root(uri).ledger.since(0)]
    assert (kinds.count(EntryKind.HOLD_PLACED), kinds.count(EntryKind.HOLD_RELEASED)) == (1, 1)


def test_the_ledger_tells_who_held_and_not_their_words(uri: str, captured: dict[str, list[str]]) -> None:
    root = open_root(uri)
    holds.place(uri, "case", "the dispute with Jo Smith", "dana", sources=["wiki"])
    entry = next(each for each in root.ledger.since(0) if each.kind is EntryKind.HOLD_PLACED)
    assert (entry.actor, entry.subjects, entry.counts) == ("dana", ("source:wiki",), {"sources": 1})
    assert "Smith" not in entry.model_dump_json()


def test_a_hold_of_nothing_and_an_unknown_hold_are_refused(uri: str, captured: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError, match="names documents, sources or subjects"):
        holds.place(uri, "case", "litigation", "robin")
    with pytest.raises(NotFound):
        holds.release(uri, "absent", "settled", "robin")
