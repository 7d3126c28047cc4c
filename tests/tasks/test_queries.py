"""Sets of stored queries: their versions, what an erasure takes from them, and who reads them."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests import reviewed
from tests.retention import day, enforce, turn, windows
from tests.stories import PEOPLE, TRAVEL, prose, write

import muniment
from muniment import flows
from muniment.errors import Forbidden, InvalidRecord, NotFound, PolicyError
from muniment.policies.policy import default
from muniment.policies.retention import Kind, Retention, load_retention
from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Selector
from muniment.schemas.query import Counted
from muniment.schemas.review import Decision
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.explain import identify
from muniment.tasks.queries import registry
from muniment.tasks.queries.registry import add_queries, remove_queries
from muniment.tasks.queries.show import show_queries
from muniment.tasks.queries.stored import judgements, stored_queries, versions
from muniment.tasks.relevance.canaries import add_canary
from muniment.tasks.retain import holds, since
from muniment.tasks.retain.enforce import remove_due
from muniment.tasks.retain.plan import plan_retention
from muniment.tasks.retain.retention import Enacted, enact
from muniment.tasks.review.decide import decide

SLIM = (
    default()
    .replace(
        '"personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"', '"quality", "licences"'
    )
    .replace('"personal", "secrets", "language", "quality", "licences", "optouts"', '"quality", "licences"')
)
PERSON = "marlene.okonkwo@initech.example.org"


@pytest.fixture(scope="session")
def promoted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with two promoted documents, and somewhere beside it the folder that they came from."""
    folder = tmp_path_factory.mktemp("queries")
    uri = str(folder / "root")
    policies.put_in_force(open_root(uri), SLIM)
    principals.put_in_force(open_root(uri), PEOPLE)
    write(folder / "papers" / "travel.txt", prose(1) + TRAVEL)
    write(folder / "papers" / "other.txt", prose(2))
    reviewed.register(uri, folder / "papers", "papers", acl=("staff",))
    flows.capture("papers", root=uri)
    decide(uri, "papers", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    open_root.cache_clear()
    return folder / "root"


@pytest.fixture
def root(promoted: Path, tmp_path: Path) -> Root:
    """A copy of it for each test."""
    shutil.copytree(promoted, tmp_path / "root")
    return open_root(str(tmp_path / "root"))


def added(root: Root, tmp_path: Path, *lines: dict[str, object], name: str = "desk", user: str = "dana") -> Counted:
    path = tmp_path / "queries.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return add_queries(root.uri, name, path, "dana", user)


def asked(text: str, *documents: str, **fields: object) -> dict[str, object]:
    return {"text": text, "relevant": [{"document": each} for each in documents], **fields}


def rows(root: Root, *digests: str) -> str:
    return repr([root.lake.table(each).to_pylist() for each in digests])


def test_queries_are_read_as_they_were_given(root: Root, tmp_path: Path) -> None:
    line = asked("Who pays for the train to customers?", "papers:travel.txt", id="q1", user="guest", slices=["travel"])
    assert added(root, tmp_path, line, asked("Where is the basement?", "papers:other.txt")).queries == 2
    first = next(each for each in stored_queries(root, "desk") if each.native_key == "q1")
    assert (first.text, first.user, first.slices, first.language) == (line["text"], "guest", ("travel",), "en")
    assert judgements(root, "desk").filter(query_id=first.id)["doc_id"].to_list() == [identify(root, "papers:travel.txt")]
    assert {each.user for each in stored_queries(root)} == {"guest", "dana"}


def test_a_changed_set_is_a_version_of_its_own_and_the_same_again_changes_nothing(root: Root, tmp_path: Path) -> None:
    first = added(root, tmp_path, asked("one"))
    assert added(root, tmp_path, asked("one")) == first
    assert added(root, tmp_path, asked("one"), asked("two")).number == 2
    assert [len(stored_queries(root, name)) for name in ("desk@1", "desk@2", "desk")] == [1, 2, 2]
    remove_queries(root.uri, "desk@2", "dana")
    assert added(root, tmp_path, asked("three")).number == 3


def test_a_removed_set_leaves_no_query_behind(root: Root, tmp_path: Path) -> None:
    added(root, tmp_path, asked("What does the secret plan say?", "papers:other.txt"))
    held = versions(root)[0]
    remove_queries(root.uri, "desk", "dana")
    assert not root.lake.exists(held.queries) and not root.lake.exists(held.relevant)
    with pytest.raises(NotFound):
        stored_queries(root, "desk")


def test_a_beir_folder_names_documents_by_the_keys_of_its_source(root: Root, tmp_path: Path) -> None:
    write(tmp_path / "beir" / "queries.jsonl", '{"_id": "1", "text": "who pays"}\n{"_id": "2", "text": "not judged"}\n')
    write(tmp_path / "beir" / "qrels.tsv", "query-id\tcorpus-id\tscore\tanswer_start\tanswer_end\n1\ttravel.txt\t2\t4\t9\n")
    assert add_queries(root.uri, "beir", tmp_path / "beir", "dana", source="papers").queries == 1
    row = judgements(root, "beir").to_dicts()[0]
    assert (row["doc_id"], row["gain"], row["start"], row["end"]) == (identify(root, "papers:travel.txt"), 2.0, 4, 9)


@pytest.mark.parametrize(
    "line", ['{"text": ""}', '{"text": "Zaphod", "wrong": 1}', '"Zaphod"', '{"text": "Zaphod", "relevant": [{"document": "no"}]}']
)
def test_what_is_no_query_is_refused_without_being_quoted(root: Root, tmp_path: Path, line: str) -> None:
    (tmp_path / "bad.jsonl").write_text(line + "\n")
    with pytest.raises(InvalidRecord) as refused:
        add_queries(root.uri, "bad", tmp_path / "bad.jsonl", "dana")
    assert "Zaphod" not in str(refused.value)


def test_only_who_is_cleared_for_everything_reads_queries_and_the_ledger_says_who_did(root: Root, tmp_path: Path) -> None:
    added(root, tmp_path, asked("one"))
    with pytest.raises(Forbidden):
        muniment.queries_show("desk", "guest", root=root.uri)
    assert [each.text for each in muniment.queries_show("desk", "dana", root=root.uri)] == ["one"]
    assert [each.actor for each in root.ledger.since(0) if each.kind == "queries.shown"] == ["dana"]


def test_no_query_stands_in_the_ledger(root: Root, tmp_path: Path) -> None:
    added(root, tmp_path, asked("Who is Zaphod?", "papers:other.txt", id="Trillian"))
    said = "".join(each.model_dump_json() for each in root.ledger.since(0))
    assert "queries.added" in said and "Zaphod" not in said and "Trillian" not in said


def test_an_erased_document_is_no_answer_any_more(root: Root, tmp_path: Path) -> None:
    added(root, tmp_path, asked("who pays", "papers:travel.txt"), asked("basement", "papers:other.txt"))
    doc_id = identify(root, "papers:travel.txt")
    receipt = muniment.erase(Selector(documents=(doc_id,)), "asked for", root.uri, "dana")
    assert receipt.proven and receipt.documents == 1
    assert judgements(root)["doc_id"].to_list() == [identify(root, "papers:other.txt")] and len(stored_queries(root)) == 2


def test_an_erasure_of_a_person_takes_the_queries_that_name_them(root: Root, tmp_path: Path) -> None:
    added(
        root,
        tmp_path,
        asked(f"What did {PERSON} write about the basement?", "papers:other.txt"),
        asked("who pays", "papers:travel.txt"),
    )
    added(root, tmp_path, asked(f"Is {PERSON} in?", "papers:other.txt"), asked("who pays", "papers:travel.txt"))
    receipt = muniment.erase(Selector(), "asked for", root.uri, "dana", subject=("EMAIL_ADDRESS", PERSON))
    assert receipt.proven, receipt
    assert {each.text for name in ("desk@1", "desk@2") for each in stored_queries(root, name)} == {"who pays"}
    kept = [stored.digest for each in versions(root) for stored in (each.queries, each.relevant)]
    assert PERSON not in rows(root, *kept) and judgements(root).height == 1


def later(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def gone(root: Root, days: int) -> list[str]:
    """What a night takes of stored queries so many days from now."""
    found = plan_retention(root.uri, later(days))
    remove_due(root.uri, found)
    remove_due(root.uri, found)  # a night that was cut off
    return [each.name for each in found.things if each.kind == Kind.QUERIES]


def test_a_set_that_nobody_used_for_its_window_goes_with_its_texts(root: Root, tmp_path: Path) -> None:
    enforce(root.uri, windows(queries=30))
    added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt"))
    held = versions(root)[0]
    assert gone(root, 29) == [] and gone(root, 31) == ["desk@1"]
    assert versions(root) == [] and not any(root.objects.exists(each.key) for each in (held.queries, held.relevant))
    with pytest.raises(NotFound):
        stored_queries(root, "desk")
    assert added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt")).number == 2
    assert gone(root, 29) == []


def test_the_time_begins_anew_when_a_set_is_used_and_a_version_is_of_use_until_the_next(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = asked("Who pays for the train?", "papers:travel.txt")
    turn(monkeypatch, registry)
    enforce(root.uri, windows(queries=30, notice=0))
    added(root, tmp_path, line)
    day(20)
    added(root, tmp_path, line, asked("Where is the basement?", "papers:other.txt"))
    due = lambda at: [each.name for each in plan_retention(root.uri, day(at)).things if each.kind == Kind.QUERIES]
    assert due(49) == [] and due(50.5) == ["desk@1", "desk@2"]
    day(45)
    show_queries(root.uri, "desk", "dana")
    assert due(50.5) == ["desk@1"] and due(76) == ["desk@1", "desk@2"]
    enforce(root.uri, windows(queries=30, last=1))
    assert due(76) == ["desk@1"]


def test_an_object_that_a_kept_version_shares_stays(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turn(monkeypatch, registry)
    enforce(root.uri, windows(queries=30))
    added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt", id="q1"))
    day(40)
    added(root, tmp_path, asked("Who pays for the trains?", "papers:travel.txt", id="q1"))
    first, second = versions(root)
    assert first.relevant == second.relevant and first.queries != second.queries
    remove_due(root.uri, plan_retention(root.uri, day(70.5)))
    assert versions(root) == []
    added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt", id="q1"))
    day(75)
    added(root, tmp_path, asked("Who pays for the trains?", "papers:travel.txt", id="q1"))
    show_queries(root.uri, "desk@4", "dana")
    monkeypatch.setattr(since, "queries", lambda _: {"desk@4": day(100)})
    remove_due(root.uri, plan_retention(root.uri, day(106)))
    assert [each.id for each in versions(root)] == ["desk@4"]
    assert stored_queries(root, "desk")[0].text == "Who pays for the trains?" and judgements(root, "desk").height == 1


def test_what_a_hold_names_or_a_canary_asks_stays_and_is_told(root: Root, tmp_path: Path) -> None:
    enforce(root.uri, windows(queries=30))
    added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt"))
    added(root, tmp_path, asked("Where is the basement?", "papers:other.txt"), name="asked")
    added(root, tmp_path, asked("Where is the attic?"), name="free")
    holds.place(root.uri, "case", "litigation", "dana", documents=[identify(root, "papers:travel.txt")])
    add_canary(root.uri, "daily", "asked", "dana")
    found = plan_retention(root.uri, later(31))
    assert [each.name for each in found.things if each.kind == Kind.QUERIES] == ["free@1"]
    assert [(each.name, each.by) for each in found.held if each.kind == Kind.QUERIES] == [("desk@1", "hold case")]


def test_a_policy_of_before_there_was_a_window_keeps_queries_until_one_with_it_was_announced(root: Root, tmp_path: Path) -> None:
    old = {name: window for name, window in load_retention(windows()).window.items() if name is not Kind.QUERIES}
    before = Retention(name="old", notice_days=7, window=old)
    now = datetime.now(UTC) - timedelta(days=400)
    made = Enacted(serial=1, before=before, policy=before, text="", stricter=(), effective=now, actor="dana", at=now)
    root.objects.put("retention/policies/000001.json", canonical_json(made))
    added(root, tmp_path, asked("Who pays for the train?", "papers:travel.txt"))
    assert gone(root, 4000) == []
    announced = enact(root, windows(queries=30, notice=7), "dana")
    assert announced.stricter == ("queries",) and announced.in_force(datetime.now(UTC)).of(Kind.QUERIES).days == "ever"
    assert announced.in_force(later(8)).of(Kind.QUERIES).days == 30
    with pytest.raises(PolicyError, match="no window for queries"):
        load_retention(windows().replace('[window.queries]\ndays = "ever"\nwhy = "because a test says so"', ""))
