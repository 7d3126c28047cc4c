"""Sets of stored queries: their versions, what an erasure takes from them, and who reads them."""

import json
import shutil
from pathlib import Path

import pytest
from tests import reviewed
from tests.stories import PEOPLE, TRAVEL, prose, write

import muniment
from muniment import flows
from muniment.errors import Forbidden, InvalidRecord, NotFound
from muniment.policies.policy import default
from muniment.schemas.erasure import Selector
from muniment.schemas.query import Counted
from muniment.schemas.review import Decision
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.explain import identify
from muniment.tasks.queries.registry import add_queries, remove_queries
from muniment.tasks.queries.stored import judgements, stored_queries, versions
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
