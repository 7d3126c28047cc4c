"""A source goes back into quarantine: not served from that moment, left out by the next promotion, and back after review (QUA-5)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import GARDEN, LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import Forbidden, NotApproved, NotFound
from muniment.schemas.ledger import EntryKind
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import models, policies
from muniment.tasks.audit import recipients
from muniment.tasks.corpus import shown
from muniment.tasks.review.decide import decide
from muniment.tasks.review.pending import pending
from muniment.tasks.review.quarantine import quarantine_source, release_source
from muniment.tasks.search.search import search

Register = Callable[..., Source]


@pytest.fixture
def served(uri: str, tmp_path: Path, register: Register, people: None) -> str:
    """Two promoted and indexed sources, `travel` and `garden`; a model and a customer have the snapshot."""
    text = policies.default().splitlines()
    lines = ['detectors = ["quality", "licences"]' if line.startswith("detectors") else line for line in text]
    lines = ['required = ["quality"]' if line.startswith("required") else line for line in lines]
    policies.put_in_force(open_root(uri), "\n".join(lines))
    for name, story in (("travel", TRAVEL), ("garden", GARDEN)):
        write(tmp_path / name / "text.md", LICENCE + story * 3)
        register(tmp_path / name, name)
        flows.capture(name, root=uri)
        decide(uri, name, Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    models.register(uri, "assistant", "1", ["production"], "", "", "dana")
    recipients.register(uri, "customer", ["production"], "training", "dpo@initech.example.org", "dana")
    return uri


def answers(uri: str) -> set[str]:
    """Sources that a search shows passages of."""
    return {each.source for each in search(uri, "tomatoes and trains", "dana", 10).hits}


def test_searches_stop_at_once_the_next_promotion_leaves_it_out_and_dependants_are_listed(served: str) -> None:
    assert answers(served) == {"travel", "garden"}
    (found,) = quarantine_source(served, "travel", "the export was wrong", "dana")
    assert answers(served) == {"garden"}
    snapshot = shown(open_root(served), "production")
    assert snapshot is not None
    assert (found.snapshots, found.refs, found.models, found.recipients) == (
        (snapshot.id,),
        ("production",),
        ("assistant@1",),
        ("customer",),
    )
    assert len(found.indexes) == 1
    assert flows.promote(root=served).documents == 1
    assert "quarantine" in flows.promote(root=served).waiting["travel"]
    (entry,) = [each for each in open_root(served).ledger.since(0) if each.kind is EntryKind.REQUARANTINED]
    assert entry.reasons == ("QUARANTINED",) and "model:assistant@1" in entry.inputs


def test_it_returns_only_once_a_new_approval_is_promoted_and_indexed(served: str) -> None:
    quarantine_source(served, "travel", "the export was wrong", "dana")
    with pytest.raises(NotApproved, match="quarantine"):
        decide(served, "travel", Decision.APPROVE, "too early", "dana")
    assert release_source(served, "travel", "right again", "dana") == ["travel"]
    assert answers(served) == {"garden"}
    assert "Nobody has reviewed travel" in flows.promote(root=served).waiting["travel"]
    assert [each.source for each in pending(served)] == ["travel"]
    decide(served, "travel", Decision.APPROVE, "read it again", "dana")
    flows.promote(root=served)
    flows.index(root=served)
    assert answers(served) == {"travel", "garden"}


def test_putting_it_back_twice_changes_nothing_more(served: str) -> None:
    first = quarantine_source(served, "travel", "the export was wrong", "dana")
    assert quarantine_source(served, "travel", "the export was wrong", "dana") == first
    assert len([each for each in open_root(served).ledger.since(0) if each.kind is EntryKind.REQUARANTINED]) == 1


def test_a_family_goes_together_and_only_by_whoever_may_decide(served: str) -> None:
    with pytest.raises(Forbidden, match="mallory"):
        quarantine_source(served, "*", "because", "mallory")
    assert answers(served) == {"travel", "garden"}
    assert {each.source for each in quarantine_source(served, "*", "terms changed", "dana")} == {"travel", "garden"}
    assert answers(served) == set()
    with pytest.raises(NotFound):
        quarantine_source(served, "crawl-*", "because", "dana")


def test_a_rollback_shows_it_in_no_search(served: str) -> None:
    before = shown(open_root(served), "production")
    quarantine_source(served, "travel", "the export was wrong", "dana")
    flows.promote(root=served)
    flows.index(root=served)
    assert before is not None
    flows.rollback(before.id, root=served)
    assert answers(served) == {"garden"}


def test_the_green_lane_waits_for_a_person_after_a_quarantine(uri: str, tmp_path: Path, register: Register) -> None:
    write(tmp_path / "travel" / "text.md", LICENCE + TRAVEL * 3)
    register(tmp_path / "travel", "travel", lane="green")
    assert flows.capture("travel", root=uri).decision == "approve"
    quarantine_source(uri, "travel", "the export was wrong", "dana")
    release_source(uri, "travel", "right again", "dana")
    write(tmp_path / "travel" / "more.md", LICENCE + GARDEN * 3)
    assert flows.capture("travel", root=uri).decision == ""
    decide(uri, "travel", Decision.APPROVE, "read it again", "dana")
    write(
        tmp_path / "travel" / "last.md",
        LICENCE + "The archive is open on Mondays and on the first Friday of a month, and closed in August. " * 3,
    )
    assert flows.capture("travel", root=uri).decision == "approve"
