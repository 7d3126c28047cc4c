"""Backups: whole or an older whole one; reached by erasures; never a way back for what was erased."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests import roots
from tests.nights import quick
from tests.roots import BACK_ENDS, on_a_folder
from tests.stories import LICENCE, PEOPLE, write

from muniment import flows
from muniment.errors import Corrupt, Forbidden, NotFound, Superseded
from muniment.schemas.erasure import Receipt, Selector
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.corpus import shown
from muniment.tasks.custody import backup, encryption
from muniment.tasks.custody.backup import make_backup, registered, verify_backup
from muniment.tasks.custody.restore import restore
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

ASKED = "How can I reach Anna Kowalska about the shelves?"


@pytest.fixture(params=BACK_ENDS)
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on each back end."""
    return roots.address(request, tmp_path, monkeypatch)


@pytest.fixture
def place(uri: str, tmp_path: Path) -> str:
    """Where the copy is to lie, on the same back end."""
    return f"{uri.removesuffix('root')}copy" if uri.startswith("s3://") else str(tmp_path / "copy")


@pytest.fixture
def elsewhere(uri: str, tmp_path: Path) -> str:
    """Where a copy is restored to."""
    return f"{uri.removesuffix('root')}restored" if uri.startswith("s3://") else str(tmp_path / "restored")


@pytest.fixture
def served(uri: str, corpus: Path, register: Callable[..., Source]) -> str:
    """A root with a promoted, indexed snapshot whose originals are kept; gives the id of the document about shelves."""
    quick(uri)
    register(corpus, keep_originals=True, declared_licence="MIT")
    principals.put_in_force(open_root(uri), PEOPLE)
    promoted(uri)
    return explain(uri, "handbook:contact.md").doc_id


def promoted(uri: str) -> None:
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)


def erased(uri: str, doc_id: str) -> Receipt:
    return flows.erase(request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana").id, root=uri)


def documents(uri: str) -> set[str]:
    """Ids of the documents in the snapshot that a root shows, each of whose objects is there."""
    root = Root(uri)
    snapshot = shown(root, "production")
    assert snapshot
    shards = [shard for part in snapshot.parts for shard in part.shards]
    for shard in shards:
        root.lake.verify(shard)
    return {doc_id for shard in shards for doc_id in root.lake.table(shard.digest)["doc_id"].to_pylist()}


def anywhere(uri: str, doc_id: str) -> bool:
    """Whether any object under a root names a document."""
    root = Root(uri)
    keys = [key for key in root.objects.list("") if key.endswith(".parquet")]
    tables = [root.lake.table(key.rpartition("/")[2].removesuffix(".parquet")) for key in keys]
    return any(doc_id in table["doc_id"].to_pylist() for table in tables if "doc_id" in table.column_names)


def test_a_restored_copy_answers_as_the_root_did(uri: str, served: str, place: str, elsewhere: str) -> None:
    made = make_backup(uri, place, "dana")
    assert verify_backup(place).problems == () and verify_backup(place).objects > 5
    done = restore(place, elsewhere, "dana")
    assert (done.requests, done.backup) == (0, made.id)
    assert documents(elsewhere) == documents(uri)
    assert search(elsewhere, ASKED, "dana", k=1).hits[0].citation == search(uri, ASKED, "dana", k=1).hits[0].citation
    Root(elsewhere).ledger.verify()


def test_what_is_there_is_not_copied_again(uri: str, served: str, place: str, corpus: Path) -> None:
    first = make_backup(uri, place, "dana")
    again = make_backup(uri, place, "dana")
    assert again.copied < first.copied / 4 and again.id == first.id
    write(corpus / "new.md", LICENCE + "# New\n\nA page about the opening hours of the library in winter.\n" * 3, 1_800_000_000)
    promoted(uri)
    make_backup(uri, place, "dana")
    assert documents(place) == documents(uri) and verify_backup(place).problems == ()


def test_a_copy_holds_no_key(uri: str, served: str, place: str) -> None:
    make_backup(uri, place, "dana")
    held = open_root(uri).vault.path.read_bytes()
    keys = [word for word in held.split(b'"') if len(word) == 64]
    assert len(keys) >= 3
    copied = b"".join(Root(place).stored.read(key) for key in Root(place).stored.list("") if not key.startswith("lineage"))
    assert not any(key in copied or bytes.fromhex(key.decode()) in copied for key in keys)


def test_a_restore_after_an_erasure_never_shows_the_erased(uri: str, served: str, place: str, elsewhere: str) -> None:
    make_backup(uri, place, "dana")
    kept = Path(f"{place}-offline")
    if not place.startswith("s3://"):
        shutil.move(place, kept)  # out of reach while it is erased
    receipt = erased(uri, served)
    if not place.startswith("s3://"):
        assert registered(open_root(uri))[0].reachable is False
        assert any(copy.place == "backup" and copy.status == "pending" for copy in receipt.copies) and not receipt.proven
        shutil.move(kept, place)
        assert anywhere(place, served)
    done = restore(place, elsewhere, "dana")
    assert done.journal and served not in documents(elsewhere) and not anywhere(elsewhere, served)
    assert documents(elsewhere) == documents(uri)
    snapshot = shown(Root(elsewhere), "production")
    assert snapshot and not any(hit.citation.startswith(served) for hit in search(elsewhere, ASKED, "dana", k=3).hits)


def test_an_erasure_reaches_every_copy_that_can_be_read(uri: str, served: str, place: str) -> None:
    make_backup(uri, place, "dana")
    assert anywhere(place, served)
    receipt = erased(uri, served)
    assert receipt.proven, receipt.checks
    assert not anywhere(place, served) and verify_backup(place).problems == ()
    assert served not in documents(place)


@on_a_folder
def test_a_copy_out_of_reach_is_pending_and_caught_up_later(uri: str, served: str, place: str) -> None:
    make_backup(uri, place, "dana")
    shutil.move(place, f"{place}-offline")
    asked = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana").id
    assert not flows.erase(asked, root=uri).proven
    with pytest.raises(NotFound, match="Mount"):
        make_backup(uri, place, "dana")
    assert not Path(place).exists()  # a disk that is not there is not made up
    shutil.move(f"{place}-offline", place)
    assert flows.erase(asked, root=uri).proven
    assert not anywhere(place, served)


def test_a_superseded_revision_is_refused_after_a_restore(uri: str, served: str, place: str, elsewhere: str) -> None:
    make_backup(uri, place, "dana")
    erased(uri, served)
    restore(place, elsewhere, "dana")
    root = Root(elsewhere)
    snapshot = shown(root, "production")
    assert snapshot and snapshot.revision > 0
    with pytest.raises(Superseded):
        root.manifests.get("snapshots", snapshot.id, Snapshot, 0)


@on_a_folder
def test_without_a_journal_nothing_is_restored_unless_somebody_says_why(
    uri: str, served: str, place: str, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(uri, place, "dana")
    keyring = tmp_path / "keyring.json"
    shutil.copyfile(Root(uri).vault.path, keyring)
    monkeypatch.setenv("MUNIMENT_KEYRING", str(keyring))
    shutil.rmtree(uri)
    with pytest.raises(Forbidden, match="--journal"):
        restore(place, elsewhere, "dana")
    with pytest.raises(Forbidden, match="newer backup"):
        restore(place, elsewhere, "dana", journal=place)
    assert not Path(elsewhere).exists() or not list(Root(elsewhere).objects.list("refs/"))
    restore(place, elsewhere, "dana", because="the only disk burnt")
    assert served in documents(elsewhere)
    last = [entry for entry in Root(elsewhere).ledger.since(0) if entry.kind == "backup.restored"]
    assert last[-1].reasons == ("NO_JOURNAL",)


@on_a_folder
def test_a_journal_that_knows_less_than_the_copy_is_refused(
    uri: str, served: str, place: str, elsewhere: str, tmp_path: Path
) -> None:
    older = str(tmp_path / "older")
    make_backup(uri, older, "dana")
    flows.capture("handbook", root=uri)
    make_backup(uri, place, "dana")
    with pytest.raises(Superseded, match="newer journal"):
        restore(place, elsewhere, "dana", journal=older)


def test_nothing_else_is_ever_overwritten(uri: str, served: str, place: str, tmp_path: Path) -> None:
    other = open_root(str(tmp_path / "other"))
    with pytest.raises(Forbidden, match="not empty"):
        make_backup(uri, other.uri, "dana")
    make_backup(uri, place, "dana")
    with pytest.raises(Forbidden, match="not empty"):
        restore(place, uri, "dana")
    with pytest.raises(NotFound, match="mounted"):
        verify_backup(str(tmp_path / "nowhere"))


def test_what_was_changed_in_a_copy_is_found(uri: str, served: str, place: str) -> None:
    make_backup(uri, place, "dana")
    copy = Root(place)
    snapshot = shown(copy, "production")
    assert snapshot
    key = snapshot.parts[0].shards[0].key
    payload, tag = copy.stored.read_tagged(key)
    copy.stored.replace(key, payload[:-1] + bytes([payload[-1] ^ 1]), tag)
    assert any("does not match its name" in problem for problem in verify_backup(place).problems)


def test_a_forgotten_backup_is_not_waited_for(uri: str, served: str, place: str) -> None:
    made = make_backup(uri, place, "dana")
    backup.forget_backup(uri, made.id, "shredded, certificate 118", "dana")
    assert registered(open_root(uri)) == []
    assert all(copy.place != "backup" for copy in erased(uri, served).copies)


def dying(real: Callable[..., object], left: Iterator[int]) -> Callable[..., object]:
    """The same method, until the steps that are left are used up."""

    def call(*given: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    return call


def killed_after(monkeypatch: pytest.MonkeyPatch, root: Root, steps: int, work: Callable[[], object]) -> bool:
    """Whether the work ended before it had made so many changes to any store; else it died there."""
    left = iter(range(steps))
    with monkeypatch.context() as patched:
        for name in ("put", "replace", "delete"):
            patched.setattr(type(root.stored), name, dying(getattr(type(root.stored), name), left))
        with suppress(KeyboardInterrupt):
            work()
            return True
    return False


def test_a_backup_that_dies_anywhere_is_a_whole_older_one(
    uri: str, served: str, place: str, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, chance = open_root(uri), random.Random(5)
    with pytest.raises(Corrupt, match="never whole"):
        killed_after(monkeypatch, root, 6, lambda: make_backup(uri, place, "dana"))
        verify_backup(place)
    make_backup(uri, place, "dana")
    before = documents(place)
    write(corpus / "new.md", LICENCE + "# New\n\nA page about the opening hours of the library in winter.\n" * 3, 1_800_000_000)
    promoted(uri)
    after = documents(uri)
    assert before < after
    for _ in range(12):
        killed_after(monkeypatch, root, chance.randrange(2, 60), lambda: make_backup(uri, place, "dana"))
        assert documents(place) in (before, after)
    make_backup(uri, place, "dana")
    assert documents(place) == after and verify_backup(place).problems == ()


def test_a_restore_that_dies_anywhere_shows_nothing_erased_and_is_ended_by_the_next(
    uri: str, served: str, place: str, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, chance = open_root(uri), random.Random(6)
    make_backup(uri, place, "dana")
    monkeypatch.setattr(backup, "registered", lambda root: [])  # as if out of reach
    erased(uri, served)
    assert anywhere(place, served)
    for _ in range(12):
        open_root.cache_clear()
        if killed_after(monkeypatch, root, chance.randrange(2, 160), lambda: restore(place, elsewhere, "dana")):
            break
        if list(Root(elsewhere).objects.list("refs/snapshots")) or Root(elsewhere).stored.exists("refs/production.json"):
            assert not anywhere(elsewhere, served)
    else:
        open_root.cache_clear()
        restore(place, elsewhere, "dana")
    assert documents(elsewhere) == documents(uri) and not anywhere(elsewhere, served)
    assert verify_backup(place).problems == ()


def test_a_copy_of_an_encrypted_root_stays_readable_when_keys_change(
    uri: str, served: str, place: str, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST_KEK", "11" * 32)
    monkeypatch.setenv("SECOND_KEK", "22" * 32)
    encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    make_backup(uri, place, "dana")
    assert Root(place).stored.read(next(Root(place).stored.list("objects/"))).startswith(b"MUNISEAL")
    encryption.rotate_kek(uri, "env:SECOND_KEK", "dana")
    monkeypatch.delenv("FIRST_KEK")
    assert documents(place) == documents(uri)
    encryption.rotate_data(uri, "dana", everything=True)
    assert documents(place) == documents(uri)  # it has its own old key still
    make_backup(uri, place, "dana")
    open_root.cache_clear()
    assert documents(place) == documents(uri) and verify_backup(place).problems == ()
    assert Root(place).keychain.reload() == Root(uri).keychain.reload()
    restore(place, elsewhere, "dana")
    assert documents(elsewhere) == documents(uri)
