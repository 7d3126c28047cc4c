"""Who may read what, and have which original, in a restored root: as it was last changed, whenever the copy was made."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import roots
from tests.nights import quick
from tests.roots import BACK_ENDS
from tests.stories import PEOPLE

import muniment
from muniment import flows
from muniment.errors import Forbidden
from muniment.schemas.chunk import CHUNK
from muniment.schemas.erasure import Selector
from muniment.schemas.index import Index
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import claims, principals
from muniment.tasks.access.changes import changes
from muniment.tasks.access.set import clear_access, set_access
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.custody.backup import make_backup
from muniment.tasks.custody.disclose import disclose
from muniment.tasks.custody.restore import restore
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.give import cite
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source

ASKED = "How can I reach Anna Kowalska about the shelves?"


@pytest.fixture(params=BACK_ENDS)
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on each back end."""
    return roots.address(request, tmp_path, monkeypatch)


@pytest.fixture
def beside(uri: str) -> Callable[[str], str]:
    """Another address on the same back end."""
    return lambda name: f"{uri.removesuffix('root')}{name}"


@pytest.fixture
def shelf(uri: str, corpus: Path, register: Callable[..., Source]) -> str:
    """A root that serves and keeps originals; gives the id of the document about shelves, which dana may read and have."""
    quick(uri)
    register(corpus, keep_originals=True, declared_licence="MIT")
    principals.put_in_force(open_root(uri), PEOPLE)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    return explain(uri, "handbook:contact.md").doc_id


def reads(uri: str, doc_id: str, user: str = "dana") -> dict[str, bool]:
    """Whether somebody is given a document by each way there is."""
    index = next(iter(open_root(uri).manifests.all("indexes", Index)))
    table = open_root(uri).lake.read_all(index.chunks, CHUNK, ["chunk_id", "doc_id"]).to_pylist()
    citation = next((row["chunk_id"] for row in table if row["doc_id"] == doc_id), "none")
    ways: dict[str, Callable[[], object]] = {
        "citation": lambda: cite(uri, citation, user),
        "story": lambda: muniment.explain(doc_id, root=uri, user=user),
        "original": lambda: disclose(uri, doc_id, user),
    }
    found = {"search": any(hit.citation == citation for hit in search(uri, ASKED, user, k=5).hits)}
    for name, ask in ways.items():
        try:
            ask()
            found[name] = True
        except Forbidden:
            found[name] = False
    return found


NOTHING = {"search": False, "citation": False, "story": False, "original": False}
ALL = dict.fromkeys(NOTHING, True)


def sound(uri: str) -> None:
    assert verify_root(uri, "dana").problems == ()
    Root(uri).ledger.verify()


def test_what_was_closed_before_the_backup_is_closed_in_the_restored_root(
    uri: str, shelf: str, beside: Callable[[str], str]
) -> None:
    assert reads(uri, shelf) == ALL
    set_access(uri, "a test", "dana", sources=["handbook"], tenant="acme")
    make_backup(uri, beside("copy"), "dana")
    restore(beside("copy"), beside("restored"), "dana")
    assert reads(beside("restored"), shelf) == reads(uri, shelf) == NOTHING
    clear_access(beside("restored"), "settled", "dana", sources=["handbook"])
    assert reads(beside("restored"), shelf) == ALL and reads(uri, shelf) == NOTHING
    sound(beside("restored"))


@pytest.mark.parametrize("how", ["set", "entry"])
def test_what_was_closed_since_the_backup_is_closed_from_the_first_answer_on(
    uri: str, shelf: str, beside: Callable[[str], str], how: str
) -> None:
    make_backup(uri, beside("copy"), "dana")
    if how == "set":
        set_access(uri, "a test", "dana", documents=[shelf], groups=["legal"])
        set_access(uri, "a test", "dana", sources=["handbook"], tenant="acme")
    else:
        held = open_root(uri).registry.get("handbook")
        add_source(uri, held.model_copy(update={"tenant": "acme", "acl": ("legal",)}), "dana")
        approve_source(uri, "handbook", "dana")
    restore(beside("copy"), beside("restored"), "dana")
    assert reads(beside("restored"), shelf) == reads(uri, shelf) == NOTHING
    assert [each.number for each in changes(open_root(beside("restored")))] == [each.number for each in changes(open_root(uri))]
    sound(beside("restored"))


def test_what_was_opened_since_the_backup_is_open_and_the_next_change_goes_on_from_there(
    uri: str, shelf: str, beside: Callable[[str], str]
) -> None:
    set_access(uri, "a test", "dana", documents=[shelf], groups=["legal"])
    make_backup(uri, beside("copy"), "dana")
    clear_access(uri, "settled", "dana", documents=[shelf])
    restore(beside("copy"), beside("restored"), "dana")
    assert reads(beside("restored"), shelf) == ALL
    assert set_access(beside("restored"), "again", "dana", documents=[shelf], groups=["legal"]).number == 3
    assert not reads(beside("restored"), shelf)["search"]
    sound(beside("restored"))


def test_a_record_that_an_erasure_changed_since_the_backup_comes_back_without_the_erased(
    uri: str, shelf: str, beside: Callable[[str], str]
) -> None:
    other = explain(uri, "handbook:travel.md").doc_id
    set_access(uri, "about two documents", "dana", documents=[shelf, other], groups=["legal"])
    make_backup(uri, beside("copy"), "dana")
    if away := not uri.startswith("s3://"):
        shutil.move(beside("copy"), beside("offline"))  # out of reach while it is erased
    muniment.erase(Selector(documents=(shelf,)), "asked for", uri, "dana")
    if away:
        shutil.move(beside("offline"), beside("copy"))
    restore(beside("copy"), beside("restored"), "dana")
    assert [each.documents for each in changes(open_root(beside("restored")))] == [(other,)]
    sound(beside("restored"))


def test_whoever_left_a_group_since_the_backup_does_not_come_back_into_it(
    uri: str, shelf: str, beside: Callable[[str], str]
) -> None:
    claims.put_in_force(open_root(uri), 'groups = "groups"\n[group]\n"/hr" = ["staff"]')
    make_backup(uri, beside("copy"), "dana")
    principals.put_in_force(open_root(uri), '[dana]\ngroups = ["guests"]\nclearance = "public"\n')
    claims.put_in_force(open_root(uri), 'groups = "groups"')
    restore(beside("copy"), beside("restored"), "dana")
    assert reads(beside("restored"), shelf) == reads(uri, shelf) == NOTHING
    with pytest.raises(Forbidden, match="not a known principal"):
        search(beside("restored"), ASKED, "guest")
    said = {"sub": "robin", "groups": ["/hr"]}
    assert claims.from_claims(open_root(beside("restored")), said).groups == ()
