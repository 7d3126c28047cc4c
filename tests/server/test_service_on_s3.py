"""The service over an encrypted root in a versioned bucket: captured, decided, promoted and erased by flow runs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.nights import quick
from tests.services import Serving, wait
from tests.stories import CONTACT, LICENCE, PEOPLE, TRAVEL, write

from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.custody import encryption, originals
from muniment.tasks.erasure import residue
from muniment.tasks.erasure.prove import receipts
from muniment.tasks.explain import explain
from muniment.tasks.search.search import search
from muniment.tasks.tables import query

pytestmark = [pytest.mark.s3, pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]
EMAIL, REASON = "jo.smith@initech.example.org", "zq8 words of whoever asks"  # neither may be known to Prefect


@pytest.fixture
def uri(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty root in a versioned bucket; keys, projection and Prefect's database stay on this machine."""
    import boto3

    boto3.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for name in ("MUNIMENT_KEYRING", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("CORPUS_KEK", "11" * 32)
    return f"s3://{bucket}/root"


@pytest.fixture
def service(uri: str, tmp_path: Path, register: Callable[..., Source]) -> Iterator[Serving]:
    """The service for it, with one approved source whose originals are kept."""
    write(tmp_path / "pages" / "travel.md", LICENCE + "# Travel\n\n" + TRAVEL * 3)
    write(tmp_path / "pages" / "contact.md", LICENCE + "# Shelves\n\n" + CONTACT * 2)
    quick(uri)
    principals.put_in_force(open_root(uri), PEOPLE)
    register(tmp_path / "pages", keep_originals=True, declared_licence="MIT")
    encryption.encrypt(uri, "env:CORPUS_KEK", "dana")
    with Serving(uri, MUNIMENT_CORES="1") as serving:
        yield serving.ready()


def test_what_a_data_subject_asks_for_is_erased_by_a_run_that_knows_an_id_alone(service: Serving, uri: str) -> None:
    captured = service.run("capture", {"source": "handbook"})
    assert captured["state"]["type"] == "COMPLETED", captured["state"]
    asked = {"judgement": "handbook", "decision": "approve", "reason": "read the sample", "actor": "dana"}
    assert service.run("review", asked)["state"]["type"] == "COMPLETED"
    assert service.run("index")["state"]["type"] == "COMPLETED"
    doc_id = explain(uri, "handbook:contact.md").doc_id
    assert search(uri, "a new shelf for the archive", "dana", k=1).hits[0].citation.startswith(doc_id)

    held = {"judgement": "handbook", "decision": "hold", "reason": "ask first", "actor": "dana", "documents": [doc_id]}
    assert service.run("review", held)["state"]["type"] == "COMPLETED"
    assert _files_with(service.database, doc_id)  # an id that reveals nothing, as a parameter of that run
    _muniment(EMAIL, "erase", "--subject-type", "EMAIL_ADDRESS", "--subject", "-", "--queue", "--reason", REASON, "--actor", "dana", "--root", uri)  # fmt: skip
    assert query(uri, "SELECT doc_id FROM promoted").num_rows == 1
    [run] = wait(lambda: service.runs("erase"), 60)
    ended = service.ended(run["id"], 180)
    assert ended["state"]["type"] == "COMPLETED", ended["state"]
    [receipt] = receipts(open_root(uri))
    assert receipt.proven and receipt.documents == 1, (receipt.checks, receipt.residue, receipt.not_checked)
    assert run["parameters"] == {"request": receipt.request}
    assert str(service.database) in residue.places(open_root(uri))
    assert not _files_with(service.database, EMAIL) + _files_with(service.database, REASON)
    assert len(originals.packed(open_root(uri), "handbook")) == 1
    assert all(Root(uri).stored.read(key).startswith(b"MUNISEAL") for key in Root(uri).stored.list("objects/"))
    assert verify_root(uri, "auditor").problems == ()


def _files_with(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def _muniment(given: str, *words: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    done = subprocess.run(
        [sys.executable, "-m", "muniment", *words], check=False, env=clean, input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
