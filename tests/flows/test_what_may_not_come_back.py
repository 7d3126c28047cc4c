"""What was erased stays out: by name, by content, by resemblance; and comes back only when somebody says so, or its bar runs out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from tests.nights import promote, prose
from tests.stories import LICENCE, write

from muniment import flows
from muniment.errors import NotFound, StaleRef
from muniment.policies.policy import default
from muniment.policies.tombstones import Tombstones
from muniment.schemas.capture import Capture
from muniment.schemas.erasure import Plan, Purpose, Request, Selector
from muniment.schemas.source import Source
from muniment.schemas.tombstone import Gathered, Kind
from muniment.store.root import Root, open_root
from muniment.tasks import fetch as fetching
from muniment.tasks import policies
from muniment.tasks.custody import originals
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.subject import hashes_of
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.explain import explain
from muniment.tasks.tombstones import barred as room
from muniment.tasks.tombstones import records
from muniment.tasks.tombstones.barred import barred
from muniment.tasks.tombstones.gather import REF
from muniment.tasks.tombstones.lay import lay
from muniment.tasks.tombstones.lift import lift

Register = Callable[..., Source]


@pytest.fixture
def wiki(uri: str, tmp_path: Path, register: Register) -> Path:
    """The folder of a promoted source with a page and its exact copy, and one page that is like neither."""
    toml = re.sub(r"(?m)^detectors = .*$", 'detectors = ["quality", "twins"]', default())
    policies.put_in_force(open_root(uri), re.sub(r"(?m)^required = .*$", 'required = ["quality"]', toml))
    folder = tmp_path / "wiki"
    write(folder / "page.md", prose(1))
    write(folder / "copy.md", prose(1), 1_600_000_000)
    write(folder / "other.md", prose(2))
    register(folder, "wiki", declared_licence="MIT")
    promote(uri, "wiki")
    return folder


def erase(uri: str, purpose: Purpose = Purpose.REQUEST, **selector: object) -> str:
    asked = request_erasure(uri, Selector.model_validate(selector), "asked for", "dana", purpose)
    assert flows.erase(asked.id, root=uri).documents
    return asked.id


def kept(uri: str, *names: str) -> dict[str, tuple[str, ...] | None]:
    """Name → reasons of its verdict; None for what is not kept."""
    found: dict[str, tuple[str, ...] | None] = {}
    for name in names:
        try:
            found[name] = explain(uri, f"wiki:{name}").reasons
        except NotFound:
            found[name] = None
    return found


def test_neither_its_name_nor_its_content_nor_a_light_edit_of_it_comes_back(uri: str, wiki: Path) -> None:
    request = erase(uri, content=hashes_of(prose(1).encode()))
    assert kept(uri, "page.md", "copy.md", "other.md") == {"page.md": None, "copy.md": None, "other.md": ()}
    write(wiki / "page.md", prose(9), 1_800_000_000)  # its name, with another text
    write(wiki / "renamed.md", prose(1))  # its text under another name
    write(wiki / "edited.md", prose(1, edits=2))
    write(wiki / "far.md", prose(1, edits=12))
    capture = flows.capture("wiki", root=uri)
    assert kept(uri, "page.md", "renamed.md", "edited.md", "far.md", "other.md") == {
        "page.md": None,
        "renamed.md": None,
        "edited.md": ("RESEMBLES_ERASED",),
        "far.md": (),
        "other.md": (),
    }
    assert capture.actions == {"accept": 2, "hold": 1}
    assert flows.capture("wiki", root=uri).read == 0
    lift(uri, request, "consent was given again", "dana")
    again = flows.capture("wiki", root=uri)
    assert again.read == 2  # what came from the listed entries of the erased; the others did not change upstream
    seen = kept(uri, "page.md", "copy.md", "edited.md")
    assert all(codes is not None and "RESEMBLES_ERASED" not in codes for codes in seen.values())
    assert flows.capture("wiki", root=uri).read == 0


def test_a_duplicate_that_takes_the_place_of_an_erased_document_is_not_barred(uri: str, wiki: Path) -> None:
    erase(uri, documents=(explain(uri, "wiki:page.md").doc_id,))
    write(wiki / "copy.md", prose(1) + " ", 1_800_000_000)
    write(wiki / "newcomer.md", prose(1))
    flows.capture("wiki", root=uri)
    assert kept(uri, "page.md", "copy.md", "newcomer.md") == {"page.md": None, "copy.md": (), "newcomer.md": None}


@pytest.mark.parametrize("purpose", [Purpose.RETENTION, Purpose.CONTRACT, Purpose.LICENCE])
def test_what_time_or_a_contract_removed_bars_its_source_and_nothing_that_resembles_it(
    uri: str, wiki: Path, tmp_path: Path, register: Register, purpose: Purpose
) -> None:
    erase(uri, purpose, documents=tuple(explain(uri, f"wiki:{name}").doc_id for name in ("page.md", "copy.md")))
    write(wiki / "renamed.md", prose(1))
    write(wiki / "edited.md", prose(1, edits=2))
    flows.capture("wiki", root=uri)
    assert kept(uri, "page.md", "renamed.md", "edited.md") == {"page.md": None, "renamed.md": None, "edited.md": ()}
    write(tmp_path / "partner" / "theirs.md", prose(1))
    register(tmp_path / "partner", "partner", declared_licence="MIT")
    flows.capture("partner", root=uri)
    assert "RESEMBLES_ERASED" not in explain(uri, "partner:theirs.md").reasons


def test_bars_end_when_their_terms_say_so(uri: str, wiki: Path) -> None:
    root, now = open_root(uri), datetime.now(UTC)
    doc_id = explain(uri, "wiki:page.md").doc_id
    asked = Request(id="a" * 20, selector=Selector(documents=(doc_id,)), reason="asked for", actor="dana", at=now)
    plan = Plan(request=asked.id, documents=(doc_id,), copies=(), snapshots=(), indexes=(), started=now)
    lay(root, asked, plan, Tombstones(key=30, content=30, bands=10))
    for days, bars in ((0, {"key", "bands"}), (11, {"key"}), (31, set())):
        seen = barred(root, now + timedelta(days=days))
        assert {kind.value for kind in (Kind.KEY, Kind.BANDS) if seen.state(kind)} == bars
        assert seen.key(doc_id) is ("key" in bars)
    (identifier,) = records.laid(root)[0]
    for key in records.keys_of(identifier, lifted=False):
        root.objects.delete(key)
    assert not barred(root, now).key(doc_id)  # removed, as the retention flow does when its time is over
    assert Tombstones().expiries(now).keys() == {Kind.BANDS}


def test_a_document_under_a_legal_hold_is_not_barred(uri: str, wiki: Path) -> None:
    root, now = open_root(uri), datetime.now(UTC)
    asked = Request(id="b" * 20, selector=Selector(documents=("1" * 32, "2" * 32)), reason="asked for", actor="dana", at=now)
    plan = Plan(request=asked.id, documents=("1" * 32,), copies=(), snapshots=(), indexes=(), held=("2" * 32,), started=now)
    lay(root, asked, plan)
    assert barred(root).key("1" * 32) and not barred(root).key("2" * 32)
    lay(root, asked, plan.model_copy(update={"documents": ("1" * 32, "2" * 32), "held": ()}))
    assert barred(root).key("1" * 32) and barred(root).key("2" * 32)
    lift(uri, asked.id, "let go", "dana")
    assert not barred(root).key("1" * 32) and not barred(root).key("2" * 32)


def test_many_requests_are_gathered_in_few_segments_and_gathered_again_when_those_are_lost(uri: str, wiki: Path) -> None:
    root, now = open_root(uri), datetime.now(UTC)
    ids = [f"{number:032x}" for number in range(24)]
    for number, each in enumerate(ids):
        asked = Request(id=f"{number:020x}", selector=Selector(documents=(each,)), reason="asked for", actor="dana", at=now)
        lay(root, asked, Plan(request=asked.id, documents=(each,), copies=(), snapshots=(), indexes=(), started=now))
        assert barred(root).key(each)
    held, _ = root.refs.read(REF, Gathered)
    assert held is not None and len(held.yards) <= 3
    assert len(list(root.objects.list("tombstones/gathered/"))) <= 3
    for key in list(root.objects.list("tombstones/gathered/")):
        root.objects.delete(key)
    room._opened.cache_clear()
    assert all(barred(root).key(each) for each in ids) and not barred(root).key("f" * 32)


def test_a_tombstone_keeps_nothing_that_names_or_quotes_the_document(uri: str, wiki: Path) -> None:
    doc_id = explain(uri, "wiki:page.md").doc_id
    erase(uri, documents=(doc_id,))
    root = open_root(uri)
    laid = b"".join(root.objects.read(key) for key in root.objects.list("tombstones/"))
    assert laid and doc_id.encode() not in laid and b"page.md" not in laid
    assert all(each.encode() not in laid and bytes.fromhex(each) not in laid for each in hashes_of(prose(1).encode()))
    assert {len(each) for each in records.laid(root)} == {1, 0}


def test_lifting_what_was_never_barred_is_refused(uri: str, wiki: Path) -> None:
    with pytest.raises(NotFound, match="No tombstone"):
        lift(uri, "f" * 20, "consent was given again", "dana")


def test_the_licence_line_alone_makes_no_resemblance(uri: str, wiki: Path) -> None:
    write(wiki / "short.md", LICENCE + "A short note.")
    flows.capture("wiki", root=uri)
    erase(uri, content=hashes_of((LICENCE + "A short note.").encode()))
    write(wiki / "short-too.md", LICENCE + "Another note.")
    flows.capture("wiki", root=uri)
    assert "RESEMBLES_ERASED" not in (kept(uri, "short-too.md")["short-too.md"] or ())


def test_a_capture_that_was_reading_while_something_was_erased_takes_it_back(
    uri: str, wiki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc_id, assemble = explain(uri, "wiki:other.md").doc_id, fetching._assemble
    write(wiki / "other.md", prose(2) + " and one word more", 1_800_000_000)

    def slow(root: Root, *given: object) -> Capture:
        made = assemble(root, *given)  # type: ignore[arg-type]
        monkeypatch.setattr(fetching, "_assemble", assemble)
        erase(uri, documents=(doc_id,))
        return made

    monkeypatch.setattr(fetching, "_assemble", slow)
    with pytest.raises(StaleRef, match="erased while it was read"):
        flows.capture("wiki", root=uri)
    root = open_root(uri)
    assert not copies.named([manifest for _, manifest in copies.manifests(root)]).keys() - set(copies.objects(root))
    assert not list(copies.holding(root, pa.array([doc_id])))
    flows.capture("wiki", root=uri)
    assert kept(uri, "other.md", "page.md") == {"other.md": None, "page.md": ()}


def test_a_capture_beside_an_erasure_that_waits_for_it_takes_back_nothing_that_stood_before(
    uri: str, wiki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, doc_id, assemble = open_root(uri), explain(uri, "wiki:other.md").doc_id, fetching._assemble

    def waiting(root: Root, *given: object) -> Capture:
        made = assemble(root, *given)  # type: ignore[arg-type]
        monkeypatch.setattr(fetching, "_assemble", assemble)
        plan_erasure(uri, request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana").id)
        return made

    def whole() -> bool:
        return copies.named([manifest for _, manifest in copies.manifests(root)]).keys() <= set(copies.objects(root))

    monkeypatch.setattr(fetching, "_assemble", waiting)
    assert flows.capture("wiki", root=uri).read == 0 and whole()
    lift(uri, next(iter(records.laid(root)[0])).partition("-")[0], "asked in error", "dana")
    write(wiki / "new.md", prose(3))
    monkeypatch.setattr(fetching, "_assemble", waiting)
    with pytest.raises(StaleRef, match="erased while it was read"):
        flows.capture("wiki", root=uri)
    assert whole()
    flows.capture("wiki", root=uri)
    assert whole() and kept(uri, "new.md", "page.md") == {"new.md": (), "page.md": ()}


def test_originals_that_a_capture_packed_while_something_was_erased_are_shredded(
    uri: str, wiki: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(wiki, "wiki", declared_licence="MIT", keep_originals=True)
    flows.capture("wiki", root=uri)
    root, doc_id, assemble = open_root(uri), explain(uri, "wiki:other.md").doc_id, fetching._assemble
    write(wiki / "other.md", prose(2) + " and one word more", 1_800_000_000)
    write(wiki / "new.md", prose(2))  # the erased text under another name

    def slow(root: Root, *given: object) -> Capture:
        monkeypatch.setattr(fetching, "_assemble", assemble)
        erased = request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana")
        made = assemble(root, *given)  # type: ignore[arg-type]
        flows.erase(erased.id, root=uri)
        return made

    monkeypatch.setattr(fetching, "_assemble", slow)
    with pytest.raises(StaleRef, match="erased while it was read"):
        flows.capture("wiki", root=uri)
    named = {explain(uri, f"wiki:{name}").doc_id for name in ("page.md", "copy.md")}
    assert {each for each, _ in originals.packed(root, "wiki")} == named
