"""What is narrowed is unreadable the moment that the change returns: in every index, under every ref, for whoever is asking already."""

import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest
from tests.leaks import world
from tests.leaks.conftest import QUICK, WHOLE
from tests.leaks.test_leaks import citations, refusal
from tests.leaks.world import Doc, id_of, people, question_of

from muniment.errors import Forbidden
from muniment.schemas.access import Via
from muniment.schemas.index import Layout
from muniment.schemas.principal import Principal
from muniment.schemas.search import Mode, Question
from muniment.schemas.snapshot import Target
from muniment.store.root import Root, open_root
from muniment.tasks.access.changes import changes
from muniment.tasks.access.set import clear_access, set_access
from muniment.tasks.audit.access import accesses
from muniment.tasks.audit.recipients import recipients_of
from muniment.tasks.corpus import index_of
from muniment.tasks.explain_to import tell
from muniment.tasks.search.give import give
from muniment.tasks.search.search import answer

OPEN = [world.secret(900 + number, ("staff",), "internal") for number in range(8)]


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of which dana and robin may read everything in `OPEN`."""
    folder = tmp_path_factory.mktemp("changes") / "root"
    world.build(str(folder), [*world.ordinary(24), *OPEN])
    return folder


@pytest.fixture
def uri(readable: Path, tmp_path: Path) -> str:
    """A copy of it for each test."""
    shutil.copytree(readable, tmp_path / "root")
    return str(tmp_path / "root")


def who(root: Root, name: str) -> Principal:
    return next(each for each in people(root) if each.id == name)


def found(root: Root, name: str, document: Doc, **question: object) -> bool:
    asked = Question.model_validate({"text": question_of(document), **question})
    return document.key in {hit.title for hit in answer(root, asked, who(root, name)).hits}


@pytest.mark.parametrize("size", [QUICK, WHOLE])
def test_whoever_asks_all_the_while_finds_nothing_once_the_change_returned(uri: str, tried: Counter[str], size: int) -> None:
    root, robin, over = open_root(uri), who(open_root(uri), "robin"), threading.Event()
    closed: dict[str, bool] = {}
    leaks, asked = list[str](), Counter[str]()

    def ask(first: int) -> None:
        turn = first
        while not over.is_set():
            document = OPEN[turn % len(OPEN)]
            before = document.key in closed
            titles = {hit.title for hit in answer(root, Question(text=question_of(document)), robin).hits}
            asked["after" if before else "before"] += 1
            if before and document.key in titles:
                leaks.append(document.key)
            turn += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for each in threads:
        each.start()
    while asked["before"] < 6:
        over.wait(0.01)
    for document in OPEN:
        set_access(uri, "closed while it is read", "robin", documents=[id_of(root, document)], groups=["legal"])
        closed[document.key] = True
        goal = asked["after"] + 6 * size
        while asked["after"] < goal:
            over.wait(0.01)
    over.set()
    for each in threads:
        each.join()
    assert leaks == [] and asked["after"] >= 48 * size
    tried["changes while it is read"] += asked["after"]


def test_a_change_holds_at_once_in_every_mode_by_citation_and_until_the_steward_clears_it(uri: str, tried: Counter[str]) -> None:
    root, document = open_root(uri), OPEN[0]
    citation = citations(root, index_of(root, "production"))[id_of(root, document)][0]
    assert found(root, "robin", document) and give(root, citation, who(root, "robin")).title == document.key
    for fields in ({"groups": ("legal",)}, {"groups": ()}, {"classification": "restricted"}, {"tenant": "acme"}):
        for named in ({"documents": [id_of(root, document)]}, {"sources": [document.source]}):
            set_access(uri, "a test", "dana", **named, **fields)  # type: ignore[arg-type]
            for mode in Mode:
                assert not found(root, "robin", document, mode=mode)
                tried["changes at once"] += 1
            assert refusal(root, citation, who(root, "robin")) == refusal(root, "0" * 40, who(root, "robin"))
            clear_access(uri, "a test", "dana", **named)
            assert found(root, "robin", document)


def test_the_story_of_a_document_follows_a_change_and_a_withdrawal_at_once(uri: str, tried: Counter[str]) -> None:
    root, document, other = open_root(uri), OPEN[0], OPEN[1]
    robin, doc_id = who(open_root(uri), "robin"), id_of(root, document)
    assert tell(root, doc_id, robin).doc_id == doc_id and tell(root, id_of(root, other), robin)
    assert {each.documents for each in accesses(uri, doc_id)} == {(doc_id,)}
    assert recipients_of(root, [], [doc_id]) == ("user:robin",)
    set_access(uri, "a test", "dana", documents=[doc_id], groups=["legal"])
    world.promote(root, [each for each in (*world.ordinary(24), *OPEN) if each != other])
    for name in (doc_id, id_of(root, other)):
        with pytest.raises(Forbidden, match="Nothing that you may read"):
            tell(root, name, robin)
        tried["explain after a change"] += 1
    assert tell(root, doc_id, who(root, "dana")).doc_id == doc_id


def test_whoever_opened_a_passage_by_its_citation_is_told_of_its_erasure(uri: str) -> None:
    root, document = open_root(uri), OPEN[2]
    assert recipients_of(root, [], [id_of(root, document)]) == ()
    give(root, citations(root, index_of(root, "production"))[id_of(root, document)][0], who(root, "robin"))
    assert recipients_of(root, [], [id_of(root, document)]) == ("user:robin",)


def test_an_index_of_an_earlier_snapshot_serves_what_holds_in_the_present_one(uri: str, tried: Counter[str]) -> None:
    """The index is stale: it was built before documents were closed in, and taken out of, what the ref shows."""
    root, (closed, gone, kept) = open_root(uri), OPEN[:3]
    old = index_of(root, "production")
    cited = citations(root, old)
    narrowed = [
        *(each._replace(groups=("board",)) if each == closed else each for each in (*world.ordinary(24), *OPEN) if each != gone)
    ]
    world.promote(root, narrowed)
    assert found(root, "robin", kept)
    for document in (closed, gone):
        for mode in Mode:
            assert not found(root, "robin", document, mode=mode)
            tried["stale index"] += 1
        for where in ({}, {"index": old.id}, {"index": old.id, "revision": old.revision}):
            refusal(root, cited[id_of(root, document)][0], who(root, "robin"), **where)
            tried["stale index, by citation"] += 1


def test_an_older_index_and_a_ref_that_was_moved_back_do_not_undo_a_change(uri: str, tried: Counter[str]) -> None:
    root, document = open_root(uri), OPEN[0]
    old, tag = root.refs.read("production", Target)
    assert old is not None
    cited = citations(root, index_of(root, "production"))[id_of(root, document)][0]
    set_access(uri, "a test", "robin", documents=[id_of(root, document)], groups=["legal"])
    new = world.build(uri, world.ordinary(24))
    assert new.id != old.index
    refusal(root, cited, who(root, "robin"), index=old.index)
    held, tag = root.refs.read("production", Target)
    assert held is not None
    root.refs.move("production", Target(snapshot=old.snapshot, index=old.index, serial=held.serial + 1), tag)
    for mode in Mode:
        assert not found(root, "robin", document, mode=mode)
        tried["moved back"] += 1
    assert found(root, "robin", OPEN[1])


@pytest.mark.parametrize("layout", [Layout.TIERED, Layout.TENANT])
def test_a_layout_opens_only_what_its_principal_can_see_and_a_change_holds_in_it(
    tmp_path: Path, tried: Counter[str], layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = str(tmp_path / "root")
    documents = [*world.ordinary(24), *OPEN]
    index = world.build(uri, documents, layout)
    root = open_root(uri)
    lying: dict[str, set[str]] = {}
    for each in index.segments:
        lying.setdefault(each.partition, set()).update((each.chunks.key, each.vectors.key, *(file.key for file in each.files)))
    names = {Layout.TIERED: {"public", "internal", "confidential"}, Layout.TENANT: {"default", "acme"}}[layout]
    assert set(lying) == names
    opened, ever = set[str](), set[str]()
    for name in ("read", "open"):
        real = getattr(type(root.objects), name)
        monkeypatch.setattr(type(root.objects), name, lambda self, key, real=real: opened.add(key) or real(self, key))
    mine = {
        Layout.TIERED: {"guest": {"public"}, "robin": {"public", "internal"}, "nobody": {"public"}},
        Layout.TENANT: {"guest": {"default"}, "alien": {"acme"}, "robin": {"default"}},
    }[layout]
    for name, seen in mine.items():
        for document in OPEN:
            answer(root, Question(text=question_of(document)), who(root, name))
            foreign = set().union(*(keys for each, keys in lying.items() if each not in seen))
            assert not opened & foreign
            tried[f"files of another partition: {layout}"] += 1
        ever |= opened
        opened.clear()
    monkeypatch.undo()
    assert all(ever & lying[each] for each in set().union(*mine.values()))  # what they do open is noticed
    assert found(root, "robin", OPEN[0])
    set_access(uri, "a test", "dana", documents=[id_of(root, OPEN[0])], classification="restricted", tenant="acme")
    assert not found(root, "robin", OPEN[0]) and not found(root, "dana", OPEN[0])
    again = world.build(uri, documents, layout)
    assert again.id != index.id
    assert found(root, "alien", OPEN[0]) and not found(root, "dana", OPEN[0])
    clear_access(uri, "a test", "dana", documents=[id_of(root, OPEN[0])])
    assert not found(root, "alien", OPEN[0])
    shared = {each.chunks.digest for each in index.segments} & {each.chunks.digest for each in again.segments}
    assert shared  # what did not move was not made again
    assert [each.via for each in changes(root)] == [Via.SET, Via.CLEAR]
