"""The main job and an erasure with everything in S3, on a real server."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from tests.stories import PEOPLE

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.tables import query

pytestmark = pytest.mark.s3


@pytest.fixture
def uri(shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty root in a bucket; keys and projection stay on this machine."""
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://{shared_bucket}/{uuid4().hex}"


def test_from_capture_to_answer_to_erasure(uri: str, corpus: Path, register: Callable[..., Source]) -> None:
    register(corpus)
    principals.put_in_force(open_root(uri), PEOPLE)
    assert flows.capture("handbook", root=uri).actions == {"accept": 1, "hold": 1, "redact": 1, "reject": 1}
    assert flows.capture("handbook", root=uri).detected == 0
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    assert "Travel to customers" in search(uri, "who pays for travel to customers", "dana", k=1).hits[0].text
    assert query(uri, "SELECT count(*) AS n FROM promoted")["n"].to_pylist() == [2]
    document = explain(uri, "handbook:contact.md").doc_id
    receipt = flows.erase(request_erasure(uri, Selector(documents=(document,)), "asked for", "dana").id, root=uri)
    assert receipt.proven, receipt.checks
    assert query(uri, "SELECT count(*) AS n FROM promoted")["n"].to_pylist() == [1]
    assert verify_root(uri, "auditor").problems == ()
