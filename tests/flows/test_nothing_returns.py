"""Properties over random histories: no rollback and no restored file shows what was erased; no change slips in behind an approval."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.nights import prose
from tests.stories import PEOPLE, write

from muniment import flows
from muniment.errors import NotApproved, NotFound, Stop
from muniment.policies.policy import default
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source

TOML = re.sub(r"(?m)^required = .*$", 'required = ["quality"]', default())
QUICK = re.sub(r"(?m)^detectors = .*$", 'detectors = ["quality", "twins"]', TOML)
QUICK = QUICK.replace("max_shrink_share = 0.50", "max_shrink_share = 1.0")
RESTORED = ("objects/", "snapshots/", "captures/", "judgements/", "indexes/", "refs/")
LIGHT = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(LIGHT, max_examples=int(os.environ.get("MUNIMENT_HISTORIES", "12")))  # about 8 s each


class History:
    """One source of a few pages in a root of its own, and what was erased from it."""

    def __init__(self, folder: Path) -> None:
        self.uri, self.pages = str(folder / "root"), folder / "pages"
        self.root: Root = open_root(self.uri)
        policies.put_in_force(self.root, QUICK)
        principals.put_in_force(self.root, PEOPLE)
        for number in range(4):
            write(self.pages / f"{number}.md", _page(number))
        self.source = _source(self.pages)
        add_source(self.uri, self.source, "tester")
        approve_source(self.uri, "wiki", "dana")
        self.erased, self.words, self.backup, self.clock = set[str](), set[str](), dict[str, bytes](), 1_700_000_000
        self.capture(0)
        self.promote(0)

    def capture(self, number: int) -> None:
        self.clock += 60
        write(self.pages / f"{number}.md", _page(number) + f" touched{self.clock}", self.clock)
        flows.capture("wiki", root=self.uri)

    def promote(self, number: int) -> None:
        decide(self.uri, "wiki", Decision.APPROVE, "read the sample", "dana")
        flows.promote(root=self.uri)
        flows.index(root=self.uri)

    def rollback(self, number: int) -> None:
        with suppress(Stop):  # nothing to go back to is as good
            flows.rollback(root=self.uri)

    def erase(self, number: int) -> None:
        found = {row["native_key"]: row["doc_id"] for row in self.captured()}
        if doc_id := found.get(f"{number}.md"):
            self.backup |= {key: self.root.objects.read(key) for prefix in RESTORED for key in self.root.objects.list(prefix)}
            asked = request_erasure(self.uri, Selector(documents=(doc_id,)), "asked for", "dana")
            assert flows.erase(asked.id, root=self.uri).documents == 1
            self.erased.add(doc_id)
            self.words.add(f"onlyin{number}")

    def restore(self, number: int) -> None:
        """Files of an old backup are laid over the root by somebody who knows nothing of erasures."""
        for key, payload in self.backup.items():
            if key.startswith("refs/") and self.root.objects.exists(key):
                self.root.objects.replace(key, payload, self.root.objects.read_tagged(key)[1])
            else:
                self.root.objects.put(key, payload)

    def captured(self) -> list[dict[str, str]]:
        shards = [each.shard for judgement in standing(self.root) for each in judgement.shards]
        return self.root.lake.read_all(shards, DOCUMENT, ["doc_id", "native_key"]).to_pylist()  # type: ignore[no-any-return]

    def shows_nothing_erased(self) -> None:
        assert not self.erased & {row["doc_id"] for row in self.captured()}
        for snapshot in self.root.manifests.all("snapshots", Snapshot):
            assert not self.erased & set(self.root.lake.read_all(snapshot.shards(), PROMOTED, ["doc_id"])["doc_id"].to_pylist())
        for word in self.words:
            try:
                answer = search(self.uri, word, "dana")
            except NotFound:
                continue
            assert word not in str(answer)


STEPS = ("capture", "promote", "rollback", "erase", "restore")
HISTORIES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=3, max_size=7)


def _never_resurrects(folder: Path, steps: list[tuple[str, int]]) -> None:
    history = History(folder)
    for name, number in [*steps, ("erase", 1), ("restore", 0), ("rollback", 0), ("capture", 1)]:
        getattr(history, name)(number)
        history.shows_nothing_erased()
    assert history.erased


@LIGHT
@given(steps=HISTORIES)
def test_a_rollback_or_a_restored_file_never_shows_what_was_erased(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    _never_resurrects(tmp_path_factory.mktemp("history"), steps)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@MANY
@given(steps=HISTORIES)
def test_no_history_of_many_shows_what_was_erased(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]) -> None:
    _never_resurrects(tmp_path_factory.mktemp("histories"), steps)


def _entry_changes(history: History) -> None:
    add_source(history.uri, history.source.model_copy(update={"acl": ("staff", "everyone")}), "tester")
    approve_source(history.uri, "wiki", "dana")


def _policy_changes(history: History) -> None:
    policies.put_in_force(history.root, QUICK.replace("min_documents = 1", "min_documents = 2"))


def _captured_again(history: History) -> None:
    write(history.pages / "new.md", _page(9))
    flows.capture("wiki", root=history.uri)


def _suspended(history: History) -> None:
    add_source(history.uri, history.source.model_copy(update={"status": "suspended"}), "tester")


def _judged_by_another_policy(history: History) -> None:
    _policy_changes(history)
    flows.capture("wiki", root=history.uri)


CHANGES: tuple[Callable[[History], None], ...] = (
    _entry_changes,
    _policy_changes,
    _captured_again,
    _suspended,
    _judged_by_another_policy,
)


def _never_promotes(folder: Path, changes: list[Callable[[History], None]]) -> None:
    history = History(folder)
    before = (history.root.refs.names(), history.root.objects.read("refs/production.json"))
    history.capture(2)
    decide(history.uri, "wiki", Decision.APPROVE, "read the sample", "dana")
    for change in changes:
        change(history)
    waiting = ""
    try:
        waiting = flows.promote(root=history.uri).waiting["wiki"]
    except NotApproved as refusal:
        waiting = str(refusal)
    assert waiting
    assert "touched1700000120" not in _text(history)
    assert before[0] == history.root.refs.names()


def _text(history: History) -> str:
    shards = [shard for each in history.root.manifests.all("snapshots", Snapshot) for shard in each.shards()]
    return str(history.root.lake.read_all(shards, PROMOTED, ["text"])["text"].to_pylist())


@LIGHT
@given(changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2))
def test_a_change_after_the_approval_is_never_promoted(
    tmp_path_factory: pytest.TempPathFactory, changes: list[Callable[[History], None]]
) -> None:
    _never_promotes(tmp_path_factory.mktemp("change"), changes)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_each_change_after_the_approval_voids_it(tmp_path: Path, change: Callable[[History], None]) -> None:
    _never_promotes(tmp_path, [change])


def _page(number: int) -> str:
    return prose(number + 20) + f" onlyin{number}"


def _source(pages: Path) -> Source:
    return Source(
        id="wiki", kind="folder", location=str(pages), owner="People team", steward="dana", acl=("staff",), declared_licence="MIT"
    )
