"""Whoever can write to a root and has no key changes something: an audit says so every time, and names the first entry that is wrong.
Whoever changes nothing is never accused, also while others write."""

import os
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.drills.tampering import WAYS, Scene
from tests.nights import quick
from tests.stories import CONTACT, LICENCE, PEOPLE, TRAVEL, write

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.audit import references
from muniment.tasks.audit.checkpoints import checkpoint
from muniment.tasks.audit.verify import records, verify_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source

MANY = int(os.environ.get("MUNIMENT_TAMPERINGS", "1000"))


# Ways after which the entry that is wrong first can only be told by the next, which does not follow it.
LATER = ("transplant, same keyring",)


class Forgetful:
    """The lineage of a machine that has never seen the ledger: what is found is found in the root alone."""

    def sql(self, query: str) -> pa.Table:
        return pa.table({"hash": pa.array([], pa.string())})


def story(uri: str, folder: Path, searches: int) -> None:
    """What a root goes through: a source, a capture, decisions, a promotion, an index, searches, checkpoints and an erasure."""
    write(folder / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(folder / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    quick(uri)
    principals.put_in_force(open_root(uri), PEOPLE)
    plain = {
        "id": "handbook",
        "kind": "folder",
        "location": str(folder),
        "owner": "People team",
        "steward": "dana",
        "acl": ("staff",),
        "declared_licence": "MIT",
    }
    add_source(uri, Source.model_validate(plain), "tester")
    approve_source(uri, "handbook", "dana")
    write(folder / "night.md", LICENCE + "The night was calm, and the watch saw ships.\n" * 4)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.HOLD, "not today", "dana")
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    checkpoint(uri, "robin")
    flows.index(root=uri)
    for number in range(searches):
        search(uri, f"who pays for travel number {number}", "dana", k=1)
    checkpoint(uri, "robin")
    request = request_erasure(uri, Selector(documents=(explain(uri, "handbook:night.md").doc_id,)), "asked for", "dana")
    assert flows.erase(request.id, root=uri).proven
    open_root(uri).ledger.append(Draft(kind=EntryKind.RUN_RECORDED, actor="tester"), datetime.now(UTC))


def entries_of(root: Root) -> list[bytes]:
    return list(root.ledger.payloads(1, root.ledger.tail()))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with a story of about fifty entries, and another keyring's and the same keyring's root beside it."""
    base = tmp_path_factory.mktemp("tampering")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUNIMENT_CORES", "1")
        patch.setattr(references, "_PATIENCE", 0.0)
        patch.setenv("MUNIMENT_KEYRING", str(base / "keyring.json"))
        story(str(base / "root"), base / "corpus", 24)
        _beside(str(base / "same"))
        patch.setenv("MUNIMENT_KEYRING", str(base / "another.json"))
        _beside(str(base / "other"))
        patch.setenv("MUNIMENT_KEYRING", str(base / "keyring.json"))
        open_root.cache_clear()
        yield base
    open_root.cache_clear()


def _beside(uri: str) -> None:
    open_root.cache_clear()
    root = open_root(uri)
    for number in range(80):
        root.ledger.append(Draft(kind=EntryKind.CAPTURED, actor="tester", counts={"n": number}), datetime.now(UTC))


def scene_of(base: Path, root: Path) -> Scene:
    return Scene(
        root, {name: [path.read_bytes() for path in sorted((base / name / "ledger").iterdir())] for name in ("same", "other")}
    )


def problems(folder: Path) -> list[str]:
    """What a process finds that has just begun, on a machine that knows nothing."""
    root = Root(str(folder))
    root.lineage = Forgetful()  # type: ignore[assignment]
    return records(root)[1]


def tamper(scene: Scene, chance: random.Random, count: int) -> None:
    """So many tamperings, each found; in turn by every way."""
    assert problems(scene.folder) == []
    for number in range(count):
        name = list(WAYS)[number % len(WAYS)]
        first = WAYS[name](scene, chance)
        found = problems(scene.folder)
        assert found, name
        if first and name not in LATER:
            assert f"entry {first} " in found[0], (name, first, found)
        scene.restore()
    assert problems(scene.folder) == []


def test_a_thousand_tamperings_are_all_found_and_the_first_wrong_entry_is_named(told: Path) -> None:
    tamper(scene_of(told, told / "root"), random.Random(6), 1024)


def test_the_first_wrong_entry_is_the_one_that_was_changed(told: Path) -> None:
    scene, chance = scene_of(told, told / "root"), random.Random(9)
    for name in (
        "flip an entry",
        "reword an entry",
        "change an entry",
        "remove one",
        "cut a range",
        "forge one",
        "swap two",
        "rehash the rest",
    ):
        for _ in range(8):
            first = WAYS[name](scene, chance)
            assert f"entry {first} " in problems(scene.folder)[0], name
            scene.restore()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_tamperings_of_a_longer_ledger(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(told / "root", told / "longer", dirs_exist_ok=True)
    uri = str(told / "longer")
    for number in range(600):
        open_root(uri).ledger.append(Draft(kind=EntryKind.SEARCHED, actor="dana", counts={"hits": number}), datetime.now(UTC))
    checkpoint(uri, "robin")
    tamper(scene_of(told, told / "longer"), random.Random(7), MANY)


def test_a_head_of_yesterday_and_a_cut_end_are_found_by_a_machine_that_saw_today(told: Path, tmp_path: Path) -> None:
    """Whoever kept an older head can put it back and cut the end off: then only what lies elsewhere tells."""
    folder = tmp_path / "root"
    shutil.copytree(told / "root", folder)
    root = Root(str(folder))
    before = (folder / "ledger-head.json").read_bytes()
    made = root.ledger.append(Draft(kind=EntryKind.SEARCHED, actor="dana"), datetime.now(UTC))
    root.lineage.sync()
    (folder / "ledger-head.json").write_bytes(before)
    (folder / f"ledger/{made.sequence:020d}.json").unlink()
    assert f"entry {made.sequence} is missing" in records(Root(str(folder)))[1][0]
    assert problems(folder) == []


def test_whoever_has_the_key_and_rewrites_everything_is_found_by_a_checkpoint_kept_elsewhere(told: Path, tmp_path: Path) -> None:
    folder, kept = tmp_path / "root", tmp_path / "kept.note"
    shutil.copytree(told / "root", folder)
    kept.write_bytes(checkpoint(str(folder), "robin").note)
    assert verify_root(str(folder), "auditor", kept).problems == ()
    entries = list(Root(str(folder)).ledger.since(0))
    for name in ("ledger", "checkpoints", "tiles"):
        shutil.rmtree(folder / name)
    (folder / "ledger-head.json").unlink()
    (folder / "lineage.duckdb").unlink()
    rewritten = Root(str(folder))
    for entry in entries:
        if entry.kind is not EntryKind.CHECKPOINT:
            rewritten.ledger.append(Draft.model_validate(entry.model_dump(include=set(Draft.model_fields))), entry.time)
    open_root.cache_clear()
    assert problems(folder) == []
    found = verify_root(str(folder), "auditor", kept).problems
    assert any("history was rewritten" in each or "is missing" in each for each in found)


def test_nobody_is_accused_while_others_append_register_and_sign(told: Path, tmp_path: Path) -> None:
    folder = tmp_path / "root"
    shutil.copytree(told / "root", folder)
    uri = str(folder)

    def work(writer: int) -> None:
        root = Root(uri)
        for number in range(12):
            root.ledger.append(Draft(kind=EntryKind.SEARCHED, actor=f"user-{writer}"), datetime.now(UTC))
            if number % 6 == 0:
                plain = {"id": f"source-{writer}-{number}", "kind": "folder", "location": uri, "owner": "A team", "steward": "dana"}
                add_source(uri, Source.model_validate(plain), "tester")
                checkpoint(uri, "robin")

    references._PATIENCE = 5.0
    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(work, writer) for writer in range(3)]
        audits = 0
        while not all(each.done() for each in working):
            assert records(Root(uri))[1] == []
            audits += 1
        for each in working:
            each.result()
    assert audits >= 3
    assert verify_root(uri, "auditor").problems == ()
