"""From the request on nothing is served, long before anything is rewritten; and what a legal hold keeps stays unserved."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.stories import LICENCE, prose, write

from muniment import flows
from muniment.errors import NotFound
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.audit import references
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.corpus import required
from muniment.tasks.erasure import requests
from muniment.tasks.erasure.cost import estimate
from muniment.tasks.erasure.requests import RELEASED, open_requests, request_erasure
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.survey import plan_erasure, survey
from muniment.tasks.erasure.withheld import release, unserved, withhold
from muniment.tasks.explain import explain
from muniment.tasks.retain import holds
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.split import split
from muniment.tasks.tables import query

Register = Callable[..., Source]
QUARRY = "The ledger of Ottokar lists eleven quarries and the depth of each of them, in violet ink. " * 4


@pytest.fixture
def served(uri: str, corpus: Path, register: Register, people: None) -> str:
    """A promoted and indexed corpus that holds `quarry.md`; gives its id."""
    write(corpus / "quarry.md", LICENCE + QUARRY)
    register(corpus)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "fine", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    return explain(uri, "handbook:quarry.md").doc_id


def found(uri: str) -> set[str]:
    return {hit.citation.partition(":")[0] for hit in search(uri, "Ottokar eleven quarries violet ink", "dana").hits}


def test_nothing_of_it_is_served_once_it_is_asked_for(uri: str, served: str, tmp_path: Path) -> None:
    cited = search(uri, "Ottokar eleven quarries violet ink", "dana").hits[0].citation
    request = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    assert served not in found(uri)
    assert all(section.title != "Cited passage" for section in explain(uri, cited).sections)
    for table in ("promoted", "chunks"):
        assert query(uri, f"SELECT count(*) AS n FROM {table} WHERE doc_id = '{served}'").to_pylist() == [{"n": 0}]
    split(uri, "production", {"train": 1.0}, tmp_path / "split.parquet")
    assert served not in pq.read_table(tmp_path / "split.parquet")["doc_id"].to_pylist()
    assert [each.id for each in open_requests(open_root(uri))] == [request.id]
    assert {entry.kind for entry in open_root(uri).ledger.since(0)} >= {"erasure.requested", "erasure.withheld"}


def test_a_proven_erasure_withholds_nothing_more_and_is_no_open_request(uri: str, served: str) -> None:
    request = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    assert flows.erase(request.id, root=uri).proven
    assert not unserved(open_root(uri)) and open_requests(open_root(uri)) == []
    assert served not in found(uri)


def test_a_promotion_in_between_leaves_it_out(uri: str, served: str, corpus: Path) -> None:
    request = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    write(corpus / "new.md", prose(3))
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "fine", "dana")
    flows.promote(root=uri)
    shards = required(open_root(uri), "production").shards()
    assert served not in open_root(uri).lake.read_all(shards, PROMOTED, ["doc_id"])["doc_id"].to_pylist()
    assert flows.erase(request.id, root=uri).proven
    assert flows.promote(root=uri).fresh == ()


def test_a_source_is_withheld_whole_and_served_again_when_that_ends(uri: str, served: str) -> None:
    root = open_root(uri)
    withhold(root, "steward", sources=("handbook",))
    assert found(uri) == set()
    release(root, "steward")
    assert served in found(uri)


def test_a_request_for_nothing_that_is_kept_is_refused_and_leaves_nothing(uri: str, served: str) -> None:
    with pytest.raises(NotFound):
        request_erasure(uri, Selector(content=("0" * 64,)), "asked for", "dana")
    assert open_requests(open_root(uri)) == [] and not unserved(open_root(uri))


def test_what_is_under_a_legal_hold_is_kept_but_not_served_until_the_hold_ends(uri: str, served: str) -> None:
    root = open_root(uri)
    holds.place(uri, "case-7", documents=(served,), reason="a claim is pending", actor="dana")
    request = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    held = flows.erase(request.id, root=uri)
    assert [what for what, met in held.checks.items() if not met] == [RELEASED]
    assert not held.proven and any(each.kind == "hold" for each in held.follow_up)
    assert served not in found(uri) and list(survey(root, "", Selector(documents=(served,))).held) == [served]
    assert open_requests(root) == []  # nothing to do while the hold stands
    holds.release(uri, "case-7", reason="the claim was settled", actor="dana")
    assert [each.id for each in open_requests(root)] == [request.id]
    receipt = flows.erase(request.id, root=uri)
    assert receipt.proven, receipt.checks
    with pytest.raises(NotFound, match="was erased"):
        explain(uri, served)


def test_a_repeated_erasure_takes_in_what_came_to_light_since(uri: str, served: str, corpus: Path) -> None:
    root = open_root(uri)
    request = request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    plan = plan_erasure(uri, request.id)
    rewrite_copies(uri, plan)
    stray = root.lake.rewrite(pa.table({"doc_id": [served], "note": ["left by a run that was on its way"]}))
    receipt = flows.erase(request.id, root=uri)
    assert receipt.proven and stray.digest in {copy.name for copy in receipt.copies}
    assert {copy.name for copy in plan.copies} <= {copy.name for copy in receipt.copies}
    assert not root.lake.exists(stray)


def test_the_cost_is_said_before_and_is_that_of_what_is_written_anew(uri: str, served: str, corpus: Path) -> None:
    root = open_root(uri)
    plan = survey(root, "", Selector(documents=(served,)))
    cost = estimate(root, plan)
    assert cost.bytes == sum(copy.bytes for copy in plan.copies) > 0 and not cost.measured
    assert {copy.place for copy in plan.copies if copy.bytes} >= {"document", "index file", "snapshot", "index"}


def test_a_request_whose_making_was_killed_is_entered_and_carried_out_by_the_next_reconciliation(
    uri: str, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "_PATIENCE", 0.0)

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(requests, "enter", killed)
        with pytest.raises(KeyboardInterrupt):
            request_erasure(uri, Selector(documents=(served,)), "asked for", "dana")
    assert served not in found(uri)
    [problem] = verify_root(uri, "auditor").problems
    assert "request.json stands for no entry" in problem and "muniment reconcile" in problem
    assert len(flows.reconcile(root=uri).erased) == 1
    assert verify_root(uri, "auditor").problems == ()
    entered = [each for each in open_root(uri).ledger.since(0) if each.kind == "erasure.requested"]
    assert [each.actor for each in entered] == ["dana"]
