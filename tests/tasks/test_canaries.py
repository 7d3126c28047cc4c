"""Canaries: what changed is noticed, what had to change is told apart from what got worse."""

from pathlib import Path

import pytest
from tests.asked import degraded, question, store
from typer.testing import CliRunner

import muniment
from muniment.cli import app
from muniment.errors import NotFound
from muniment.schemas.ledger import EntryKind
from muniment.store.root import Root
from muniment.tasks import announce
from muniment.tasks.access import principals
from muniment.tasks.erasure.withheld import withhold
from muniment.tasks.explain import identify

PAYS, SUN, VOTES = "Who pays for travel to customers?", "How much sun do tomatoes need?", "When does the board vote on the budget?"


@pytest.fixture
def watched(desk: Root, tmp_path: Path) -> Root:
    """A desk whose canary was asked once."""
    store(desk, tmp_path, [question(PAYS), question(SUN), question(VOTES), question("joiner in the old town")])
    muniment.canary_add("desk", "desk", k=3, root=desk.uri, actor="dana")
    muniment.canary_run(root=desk.uri, actor="dana")
    return desk


def test_what_is_as_it_was_is_kept_once(watched: Root) -> None:
    first = muniment.canary_show("desk", root=watched.uri)
    assert muniment.canary_run(root=watched.uri, actor="dana") == first and first[0].drift is None
    assert muniment.canary_show("desk", root=watched.uri) == first


def test_a_worse_index_is_noticed_and_announced(watched: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    raised = list[str]()
    monkeypatch.setattr(announce, "relevance_drifted", lambda root, canary, run, payload: raised.append(run))
    degraded(watched)
    ran = CliRunner().invoke(app, ["canary", "run", "--root", watched.uri, "--actor", "dana"])
    last = muniment.canary_show("desk", root=watched.uri)[-1]
    assert ran.exit_code == 1 and "drifted" in ran.output and raised == [last.id]
    assert last.drift and last.drift.drifted and last.drift.lost.get("demoted") and last.drift.kept.value < 0.8
    entry = [each for each in watched.ledger.since(0) if each.kind is EntryKind.CANARY_RUN][-1]
    assert entry.counts["drifted"] == 1 and entry.counts["lost_demoted"] == last.drift.lost["demoted"]


def test_what_is_withheld_or_denied_had_to_go(watched: Root) -> None:
    withhold(watched, "test", (identify(watched, "open:travel.txt"),))
    after = muniment.canary_run(root=watched.uri, actor="dana")[0].drift
    assert after and after.lost.get("withheld") and not after.drifted and after.overlap.value < 1
    principals.put_in_force(watched, '[dana]\ngroups = ["everyone"]\nclearance = "public"\n')
    later = muniment.canary_run(root=watched.uri, actor="dana")[0].drift
    assert later and later.lost.get("denied") and not later.drifted


def test_a_removed_canary_is_forgotten(watched: Root) -> None:
    assert muniment.canary_remove("desk", root=watched.uri) == 1 and muniment.canary_list(root=watched.uri) == []
    with pytest.raises(NotFound):
        muniment.canary_run("desk", root=watched.uri)


def test_the_night_asks_canaries(watched: Root) -> None:
    degraded(watched)
    assert muniment.flows.relevance(root=watched.uri).drifted == ("desk",)
