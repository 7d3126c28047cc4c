"""Erasure: from every kept snapshot, index and cache, proven, and not undone by the next night."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.stories import LICENCE, PEOPLE, four, handbook, write

from muniment import flows
from muniment.errors import NotFound, RegistryError
from muniment.schemas.erasure import Receipt, Selector
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.erasure import copies
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.survey import survey
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

Register = Callable[..., Source]
SECRET_TEXT = "The zanzibarian ledger of Ottokar lists eleven quarries and the names of their guards, in violet ink. " * 3


def two_states(uri: str, corpus: Path) -> str:
    """Two snapshots and two indexes that hold `ottokar.md`; gives its id."""
    principals.put_in_force(open_root(uri), PEOPLE)
    write(corpus / "ottokar.md", LICENCE + SECRET_TEXT)
    handbook(uri, corpus)
    for number in range(2):
        write(
            corpus / f"more-{number}.md",
            LICENCE
            + f"Page {number} is about the {['boat', 'horse'][number]} and who may use it in which month of the year.\n" * 3,
        )
        flows.capture("handbook", root=uri)
        decide(uri, "handbook", Decision.APPROVE, "fine", "dana")
        flows.promote(root=uri)
        flows.index(root=uri)
    return explain(uri, "handbook:ottokar.md").doc_id


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A root like that, made once, whose source nobody changes, and the id."""
    folder = tmp_path_factory.mktemp("erasable")
    four(folder / "corpus")
    return folder / "root", two_states(str(folder / "root"), folder / "corpus")


@pytest.fixture
def erasable(template: tuple[Path, str], uri: str) -> str:
    """A copy of it for each test; gives the id."""
    shutil.copytree(template[0], uri)
    return template[1]


@pytest.fixture
def erasable_of(uri: str, corpus: Path) -> str:
    """A root of a test that changes its source."""
    return two_states(uri, corpus)


def erase(uri: str, **selector: object) -> Receipt:
    return flows.erase(request_erasure(uri, Selector.model_validate(selector), "asked for", "dana").id, root=uri)


def everything(uri: str) -> bytes:
    """Every byte that is kept, Parquet decoded too."""
    parts = []
    for path in sorted(Path(uri).rglob("*")):
        if path.is_file():
            parts.append(path.read_bytes())
            if path.suffix == ".parquet":
                table = pq.read_table(path)
                parts += [str(table.to_pylist()).encode(), str(pq.read_metadata(path).to_dict()).encode()]
    return b"".join(parts)


def test_an_erased_document_is_in_no_kept_byte_and_the_receipt_proves_it(uri: str, erasable: str) -> None:
    assert b"Ottokar" in everything(uri)
    receipt = erase(uri, documents=(erasable,))
    assert receipt.proven, receipt.checks
    assert receipt.documents == 1
    assert {copy.place for copy in receipt.copies} >= {
        "document",
        "promoted document",
        "chunk",
        "vector",
        "verdict",
        "signature",
        "snapshot",
        "index",
        "capture",
    }
    assert all(copy.status in ("rewritten", "superseded", "rebuilt") for copy in receipt.copies)
    left = everything(uri)
    assert b"Ottokar" not in left and b"violet ink" not in left
    assert verify.authentic(receipt)


def test_every_kept_snapshot_stays_readable_without_the_erased(uri: str, erasable: str) -> None:
    erase(uri, documents=(erasable,))
    root = open_root(uri)
    kept = list(root.manifests.all("snapshots", Snapshot))
    assert [each.revision for each in kept] == [1, 1]
    for snapshot in kept:
        for part in snapshot.parts:
            for shard in part.shards:
                root.lake.verify(shard)
    assert verify_root(uri, "auditor").problems == ()
    assert "Ottokar" not in str(search(uri, "Ottokar quarries guards", "dana"))
    flows.rollback(root=uri)
    assert "Ottokar" not in str(search(uri, "Ottokar quarries guards", "dana"))


def test_the_next_capture_does_not_bring_it_back_and_voids_no_approval(uri: str, erasable_of: str, corpus: Path) -> None:
    before = flows.capture("handbook", root=uri)
    erase(uri, documents=(erasable_of,))
    again = flows.capture("handbook", root=uri)
    assert (again.read, again.detected, again.judgement) == (0, 0, before.judgement)
    assert flows.promote(root=uri).fresh == ()
    write(corpus / "ottokar.md", LICENCE + SECRET_TEXT, modified=1_900_000_000)
    flows.capture("handbook", root=uri)
    assert b"Ottokar" not in everything(uri)
    with pytest.raises(NotFound, match="was erased"):
        explain(uri, erasable_of)


def test_a_dry_run_shows_the_blast_radius_and_changes_nothing(uri: str, erasable: str) -> None:
    copies.look_into(open_root(uri))  # which object names which document may be noted at any time: it is a projection
    before = everything(uri)
    plan = survey(open_root(uri), "", Selector(documents=(erasable,)))
    assert len(plan.snapshots) == 2 and len(plan.indexes) == 2
    assert everything(uri) == before


def test_a_request_can_be_carried_out_again(uri: str, erasable: str) -> None:
    request = request_erasure(uri, Selector(documents=(erasable,)), "asked for", "dana")
    first = flows.erase(request.id, root=uri)
    second = flows.erase(request.id, root=uri)
    assert first.proven and second.proven and first.copies == second.copies
    kinds = [entry.kind for entry in open_root(uri).ledger.since(0)]
    assert kinds.count("erasure.completed") == 1


def test_a_whole_source_is_erased_and_suspended(
    uri: str, erasable_of: str, corpus: Path, register: Register, tmp_path: Path
) -> None:
    (corpus / "broken-report-of-otto.md").write_bytes(b"no text \0\0\0")
    flows.capture("handbook", root=uri)
    assert b"broken-report-of-otto" in everything(uri)
    other = tmp_path / "other"
    write(
        other / "kept.md",
        LICENCE + "Something else entirely, about the lighthouse and its lamp, which must stay where it is now.\n" * 2,
    )
    register(other, identifier="other")
    flows.capture("other", root=uri)
    decide(uri, "other", Decision.APPROVE, "fine", "dana")
    flows.promote(root=uri)
    receipt = erase(uri, source="handbook")
    assert receipt.proven, receipt.checks
    left = everything(uri)
    assert b"Travel to customers" not in left and b"broken-report-of-otto" not in left and b"lighthouse" in left
    with pytest.raises(RegistryError, match="suspended"):
        flows.capture("handbook", root=uri)
    assert flows.promote(root=uri).documents == 1


def test_what_an_interrupted_capture_left_is_erased_too(uri: str, erasable: str) -> None:
    root = open_root(uri)
    judged = root.lake.table(next(digest for digest in _documents(uri)))
    orphan = root.lake.rewrite(judged)
    assert root.lake.exists(orphan)
    assert erase(uri, documents=(erasable,)).proven
    assert b"Ottokar" not in everything(uri)


def test_the_verifier_finds_what_an_eraser_would_leave(uri: str, erasable: str) -> None:
    root = open_root(uri)
    request = request_erasure(uri, Selector(documents=(erasable,)), "asked for", "dana")
    from muniment.tasks.erasure.rewrite import rewrite_copies
    from muniment.tasks.erasure.survey import plan_erasure

    plan = plan_erasure(uri, request.id)
    rewrite_copies(uri, plan)
    table = pa.table({"label": pa.array([erasable, "x"]).dictionary_encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table.slice(1), sink)
    root.objects.put("objects/zz/zz.parquet", sink.getvalue().to_pybytes())  # filtered, yet the dictionary keeps the value
    receipt = verify.prove(uri, plan)
    assert not receipt.proven


def test_a_changed_receipt_is_not_authentic(uri: str, erasable: str) -> None:
    receipt = erase(uri, documents=(erasable,))
    assert not verify.authentic(receipt.model_copy(update={"documents": 7}))


def _documents(uri: str) -> list[str]:
    return [path.stem for path in Path(uri).rglob("*.parquet") if "notices" in pq.read_schema(path).names]
