"""One story on every kind of store: originals, snapshots, indexes and backups of what a data subject asks to have erased, to the end."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.nights import changed
from tests.stories import CONTACT, GARDEN, LICENCE, PEOPLE, TRAVEL, write

from muniment import flows
from muniment.errors import Forbidden, NotFound
from muniment.policies.policy import default
from muniment.schemas.erasure import Receipt, Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.custody import encryption, originals
from muniment.tasks.custody.backup import make_backup, verify_backup
from muniment.tasks.custody.disclose import disclose
from muniment.tasks.custody.restore import restore
from muniment.tasks.erasure.prove import receipts
from muniment.tasks.erasure.requests import RELEASED, request_erasure
from muniment.tasks.erasure.subject import about
from muniment.tasks.explain import explain
from muniment.tasks.retain import holds
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.tables import query

pytestmark = pytest.mark.slow
Register = Callable[..., Source]
EMAIL = "jo.smith@initech.example.org"
QUESTION = "Whom can I write to when the archive needs a new shelf?"
POLICY = changed(default(), detectors='["quality", "personal", "twins"]', required='["quality"]')
REACHED = "every registered backup was reached"


@pytest.fixture(
    params=[
        "folder",
        "encrypted folder",
        pytest.param("versioned bucket", marks=pytest.mark.s3),
        pytest.param("encrypted versioned bucket", marks=pytest.mark.s3),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def base(kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Below which root, backup and restored root lie."""
    monkeypatch.setenv("CORPUS_KEK", "11" * 32)
    if "bucket" not in kind:
        return str(tmp_path)
    import boto3

    bucket = request.getfixturevalue("bucket")
    boto3.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://{bucket}/base"


@pytest.fixture
def uri(base: str) -> str:
    return f"{base}/root"


@pytest.fixture
def ids(uri: str, kind: str, tmp_path: Path, register: Register) -> dict[str, str]:
    """File → id, of a source with two promoted and indexed snapshots whose originals are kept."""
    pages = tmp_path / "pages"
    write(pages / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(pages / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    write(pages / "dispute.md", LICENCE + f"# Dispute\n\nThe invoice that {EMAIL} disputes was sent in May and is still open. " * 2)
    policies.put_in_force(open_root(uri), POLICY)
    principals.put_in_force(open_root(uri), PEOPLE)
    register(pages, keep_originals=True, declared_licence="MIT")
    for night in range(2):
        write(pages / f"garden-{night}.md", LICENCE + f"# Garden {night}\n\n" + GARDEN * (night + 2) + f"Bed {night}. " * 9)
        flows.capture("handbook", root=uri)
        decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
        flows.promote(root=uri)
        flows.index(root=uri)
    if "encrypted" in kind:
        encryption.encrypt(uri, "env:CORPUS_KEK", "dana")
    return {name: explain(uri, f"handbook:{name}").doc_id for name in ("contact.md", "dispute.md", "travel.md")}


def request(uri: str) -> str:
    """What the data subject asks for, written down."""
    selector, named = about(open_root(uri), Selector(), "EMAIL_ADDRESS", EMAIL)
    return request_erasure(uri, selector, "asked for", "dana", found=tuple(named.documents.to_pylist())).id


def receipt_of(uri: str) -> Receipt:
    [receipt] = receipts(open_root(uri))
    return receipt


def missing(receipt: Receipt) -> set[str]:
    return {what for what, met in receipt.checks.items() if not met}


def shows(uri: str, doc_id: str) -> set[str]:
    """By which ways anything of a document is still given out."""
    ways = {"search"} if any(hit.citation.startswith(doc_id) for hit in search(uri, QUESTION, "dana", k=9).hits) else set()
    for table in ("promoted", "chunks"):
        ways |= {table} if query(uri, f"SELECT 1 FROM {table} WHERE doc_id = '{doc_id}'").num_rows else set()
    for way, ask in (("explain", lambda: explain(uri, doc_id)), ("original", lambda: disclose(uri, doc_id, "dana"))):
        try:
            ask()
            ways.add(way)
        except (NotFound, Forbidden):
            continue
    return ways


def anywhere(uri: str, doc_id: str) -> list[str]:
    """Every object, also every key table of originals, that names a document."""
    root, held = Root(uri), list[str]()
    for key in root.objects.list(""):
        if key.endswith(".parquet"):
            table = root.lake.table(key.rpartition("/")[2].removesuffix(".parquet"))
            held += [
                key
                for name in ("doc_id", "canonical_id", "cluster")
                if name in table.column_names and doc_id in table[name].to_pylist()
            ]
        elif key.endswith(".keys") and doc_id.encode() in root.objects.read(key):
            held.append(key)
    return held


def earlier_versions(base: str) -> list[str]:
    """Keys of originals, objects and index files of which a bucket keeps a version that is not the present one."""
    if not base.startswith("s3://"):
        return []
    import boto3

    bucket = base.removeprefix("s3://").partition("/")[0]
    pages = boto3.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    found = [each for page in pages for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])] if not each["IsLatest"]]
    return [each["Key"] for each in found if any(part in each["Key"] for part in ("/originals/", "/objects/", "/derived/"))]


def test_a_data_subject_is_erased_everywhere_to_the_end(uri: str, base: str, ids: dict[str, str], tmp_path: Path) -> None:
    contact, dispute, near, far = ids["contact.md"], ids["dispute.md"], f"{base}/near", tmp_path / "far"
    for place in (near, str(far)):
        make_backup(uri, place, "dana")
        assert anywhere(place, contact) and verify_backup(place).problems == ()
    assert shows(uri, contact) == {"search", "promoted", "chunks", "explain", "original"}
    held = {each for each, _ in originals.packed(open_root(uri), "handbook")}
    holds.place(uri, "invoice", "a suit is pending", "dana", documents=(dispute,))
    shutil.move(far, tmp_path / "offline")

    asked = request(uri)
    assert shows(uri, contact) <= {"explain"} and shows(uri, dispute) <= {"explain"}
    first = flows.erase(asked, root=uri)
    assert missing(first) == {REACHED, RELEASED}, first.not_checked
    assert {copy.status for copy in first.copies if copy.place == "backup"} == {"erased in", "pending"}
    assert {copy.status for copy in first.copies if copy.place == "original"} == {"shredded"}
    assert {each.kind for each in first.follow_up} == {"hold", "backup", "recipient"}  # dana was shown it
    assert anywhere(uri, contact) == anywhere(near, contact) == [] and verify_backup(near).problems == ()
    assert {each for each, _ in originals.packed(open_root(uri), "handbook")} == held - {contact}
    assert anywhere(uri, dispute) and shows(uri, contact) == set() and shows(uri, dispute) <= {"explain"}

    shutil.move(tmp_path / "offline", far)
    assert anywhere(str(far), contact)
    assert flows.reconcile(root=uri).erased == (asked,)
    second = receipt_of(uri)
    assert missing(second) == {RELEASED}, second.not_checked
    assert anywhere(str(far), contact) == []
    assert flows.reconcile(root=uri).erased == ()  # nothing to do before the hold ends

    holds.release(uri, "invoice", "the suit was settled", "dana")
    assert flows.reconcile(root=uri).erased == (asked,)
    last = receipt_of(uri)
    assert last.proven and last.documents == 2 and last.residue == ()
    assert [(each.kind, each.name) for each in last.follow_up] == [("recipient", "user:dana")]
    assert flows.reconcile(root=uri).erased == ()

    flows.rollback(root=uri)
    restored = f"{base}/restored"
    restore(near, restored, "dana")
    for place in (uri, near, str(far), restored):
        assert all(anywhere(place, doc_id) == [] for doc_id in (contact, dispute)) and anywhere(place, ids["travel.md"])
    for place in (uri, restored):
        assert all(shows(place, doc_id) == set() for doc_id in (contact, dispute))
        assert shows(place, ids["travel.md"]) >= {"promoted", "chunks", "explain", "original"}
        assert verify_root(place, "auditor").problems == ()
    assert earlier_versions(base) == []
