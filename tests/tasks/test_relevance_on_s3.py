"""Stored queries, an audit and a canary with everything in S3, on a real server; and what an erasure takes of them."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from tests.asked import POLICY
from tests.stories import PEOPLE

import muniment
from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.relevance import ANSWERED
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.explain import identify
from muniment.tasks.queries.stored import judgements
from muniment.tasks.review.decide import decide

pytestmark = [pytest.mark.s3, pytest.mark.slow]


@pytest.fixture
def uri(shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty root in a bucket; keys and projection stay on this machine."""
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://{shared_bucket}/{uuid4().hex}"


def test_search_is_judged_and_erased_in_s3(uri: str, corpus: Path, tmp_path: Path, register: Callable[..., Source]) -> None:
    register(corpus)
    root = open_root(uri)
    principals.put_in_force(root, PEOPLE)
    policies.put_in_force(root, POLICY)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri, encoder="wordllama")
    line = {"text": "When does the archive need a new shelf?", "user": "dana", "relevant": [{"document": "handbook:contact.md"}]}
    (tmp_path / "desk.jsonl").write_text(json.dumps(line) + "\n")
    muniment.queries_add("desk", tmp_path / "desk.jsonl", root=uri)
    assert muniment.relevance_audit("desk", root=uri, actor="dana").slices[0].figures["mrr10"].value == 1
    muniment.canary_add("desk", "desk", root=uri, actor="dana")
    assert muniment.canary_run(root=uri) == muniment.canary_run(root=uri)
    gone = identify(root, "handbook:contact.md")
    assert muniment.erase(Selector(documents=(gone,)), "asked for", uri, "dana").proven
    run = muniment.canary_show("desk", root=uri)[0]
    assert gone not in root.lake.read(run.answered, ANSWERED)["doc_id"].to_pylist() and judgements(root, "desk").is_empty()
