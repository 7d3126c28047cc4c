"""The main job, in this process: from a folder to an answer with citations."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import Forbidden, GateFailed, NotApproved, NotFound, RegistryError
from muniment.policies.policy import default
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.explain import explain
from muniment.tasks.history import diff, snapshots
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search
from muniment.tasks.tables import query

Register = Callable[..., Source]
REASON = "read the sample"


def verdicts(uri: str) -> dict[str, str]:
    """File name → action."""
    sql = "SELECT native_key, action FROM documents JOIN verdicts USING (doc_id)"
    return {row["native_key"]: row["action"] for row in query(uri, sql).to_pylist()}


def promoted(uri: str) -> dict[str, str]:
    """File name → promoted text, of what production shows."""
    root = open_root(uri)
    shown = root.manifests.get("snapshots", snapshots(uri)[0].id, Snapshot)
    table = root.lake.read_all([shard for part in shown.parts for shard in part.shards], PROMOTED)
    return dict(zip(table["native_key"].to_pylist(), table["text"].to_pylist(), strict=True))


def approve(uri: str, source: str = "handbook") -> None:
    decide(uri, source, Decision.APPROVE, REASON, "dana")


def test_every_document_gets_one_verdict_with_its_reasons(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    captured = flows.capture("handbook", root=uri)
    found = verdicts(uri)
    assert found["contact.md"] == "redact"
    assert found["garden.md"] == "hold"
    assert sorted((found["travel.md"], found["travel-copy.md"])) == ["accept", "reject"]
    assert captured.reasons == {"DUPLICATE_EXACT": 1, "LICENCE_UNKNOWN": 1, "PERSONAL_CONTACT": 1}
    assert captured.decision == ""


def test_a_second_run_without_changes_reads_and_detects_nothing(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    first = flows.capture("handbook", root=uri)
    second = flows.capture("handbook", root=uri)
    assert (first.read, first.detected, first.recalled) == (4, 4, 0)
    assert (second.read, second.detected, second.recalled) == (0, 0, 4)
    assert (second.capture, second.judgement) == (first.capture, first.judgement)


def test_only_what_changed_is_read_and_detected(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    write(corpus / "travel.md", LICENCE + "# Travel by bus\n\n" + TRAVEL * 4, modified=1_800_000_000)
    (corpus / "garden.md").unlink()
    write(
        corpus / "new.md",
        LICENCE + "A new page about the library and its opening hours, which change with the season and the weather.\n" * 2,
    )
    os.utime(corpus / "contact.md", (1_800_000_000, 1_800_000_000))  # touched, not changed
    captured = flows.capture("handbook", root=uri)
    counts = open_root(uri).manifests.get("captures/handbook", captured.capture, Capture).counts
    assert counts == {"listed": 4, "read": 3, "documents": 4, "added": 1, "changed": 2, "vanished": 1, "set_aside": 0, "erased": 0}
    assert "garden.md" not in verdicts(uri)
    assert captured.detected < 4


def test_an_unregistered_source_is_refused(uri: str) -> None:
    with pytest.raises(RegistryError, match="not registered"):
        flows.capture("nowhere", root=uri)


def test_promotion_without_an_approval_fails_by_name(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    with pytest.raises(NotApproved, match="Nothing is approved"):
        flows.promote(root=uri)
    flows.capture("handbook", root=uri)
    with pytest.raises(NotApproved, match="Nobody has reviewed handbook"):
        flows.promote(root=uri)
    decide(uri, "handbook", Decision.HOLD, REASON, "dana")
    with pytest.raises(NotApproved, match="hold"):
        flows.promote(root=uri)


def test_what_is_promoted_is_redacted_and_carries_its_papers(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    made = flows.promote(root=uri)
    texts = promoted(uri)
    assert made.documents == 2
    assert "jo.smith" not in texts["contact.md"] and "[EMAIL_ADDRESS]" in texts["contact.md"]
    assert "garden.md" not in texts
    row = query(uri, "SELECT * FROM promoted WHERE native_key = 'contact.md'").to_pylist()[0]
    assert (row["owner"], row["classification"], row["acl"], row["licence"]) == ("People team", "internal", ["staff"], "MIT")


def test_a_title_and_a_file_name_are_redacted_too(uri: str, corpus: Path, register: Register) -> None:
    write(
        corpus / "to jo.smith@initech.example.org.md",
        LICENCE + "# Ask jo.smith@initech.example.org\n\n" + "The archive is open on Mondays. " * 9,
    )
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    assert len(promoted(uri)) == 3
    assert "jo.smith" not in str(query(uri, "SELECT * FROM promoted").to_pylist())


def test_an_approval_is_void_when_the_policy_changes(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    policies.put_in_force(open_root(uri), default().replace("below = 20", "below = 21"))
    with pytest.raises(NotApproved, match="policy changed"):
        flows.promote(root=uri)


def test_an_approval_is_void_when_the_registry_entry_changes(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    register(corpus, acl=("everyone",))
    with pytest.raises(NotApproved, match="registry entry changed"):
        flows.promote(root=uri)


def test_an_approval_is_void_when_the_source_changes_and_the_old_part_stays(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    first = flows.promote(root=uri)
    write(corpus / "travel.md", LICENCE + TRAVEL * 5, modified=1_800_000_000)
    flows.capture("handbook", root=uri)
    second = flows.promote(root=uri)
    assert second.snapshot == first.snapshot
    assert "handbook" in second.waiting


def test_a_withdrawn_approval_takes_the_part_out(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    decide(uri, "handbook", Decision.WITHDRAW, "was a mistake", "dana")
    with pytest.raises(NotApproved, match="withdraw"):
        flows.promote(root=uri)


def test_the_green_lane_needs_nobody_while_its_shares_are_kept(uri: str, corpus: Path, register: Register) -> None:
    register(corpus, lane="green")
    assert flows.capture("handbook", root=uri).decision == ""  # a quarter is held
    (corpus / "garden.md").unlink()
    captured = flows.capture("handbook", root=uri)
    assert captured.decision == "approve"
    assert flows.promote(root=uri).documents == 2


def test_the_same_input_and_keys_give_the_same_bytes(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.tasks.sources import add_source, approve_source

    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    made = []
    for name in ("one", "two"):
        uri = str(tmp_path / name)
        add_source(
            uri,
            Source.model_validate(
                {"id": "handbook", "kind": "folder", "location": str(corpus), "owner": "o", "steward": "dana", "acl": ("staff",)}
            ),
            "t",
        )
        approve_source(uri, "handbook", "dana")
        flows.capture("handbook", root=uri)
        approve(uri)
        flows.promote(root=uri)
        flows.index(root=uri)
        made.append(
            {
                path.relative_to(uri): path.read_bytes()
                for folder in ("objects", "captures", "judgements", "snapshots", "indexes")
                for path in (Path(uri) / folder).rglob("*")
                if path.is_file()
            }
        )
    assert made[0] == made[1]
    assert len(made[0]) > 15


def test_a_snapshot_that_shrinks_too_much_is_not_shown(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    before = flows.promote(root=uri)
    for path in corpus.iterdir():
        path.unlink()
    write(corpus / "only.md", "# Only\n\n" + TRAVEL)
    flows.capture("handbook", root=uri)
    approve(uri)
    with pytest.raises(GateFailed):
        flows.promote(root=uri)
    assert snapshots(uri)[0].id == before.snapshot and snapshots(uri)[0].refs == ("production",)


def test_rollback_shows_the_snapshot_before_and_its_index(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    first = flows.promote(root=uri)
    built = flows.index(root=uri)
    write(
        corpus / "more.md",
        LICENCE + "A page about the cellar, its key, and who may have it on which day of the week in winter.\n" * 2,
    )
    flows.capture("handbook", root=uri)
    approve(uri)
    second = flows.promote(root=uri)
    flows.index(root=uri)
    difference = diff(uri, first.snapshot, second.snapshot)
    assert (difference.added, difference.removed, difference.changed) == (1, 0, 0)
    target = flows.rollback(root=uri)
    assert (target.snapshot, target.index) == (first.snapshot, built.id)


def test_search_answers_with_citations_from_what_the_asker_may_read(
    uri: str, corpus: Path, register: Register, people: None
) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    with pytest.raises(NotFound, match="index"):
        search(uri, "who pays for travel", "dana")
    flows.index(root=uri)
    answer = search(uri, "who pays for travel to customers", "dana", k=1)
    assert "Travel to customers" in answer.hits[0].text
    assert answer.hits[0].owner == "People team" and answer.hits[0].licence == "MIT" and not answer.stale
    assert search(uri, "who pays for travel to customers", "guest").hits == ()
    with pytest.raises(Forbidden, match="nobody"):
        search(uri, "who pays", "nobody")


def test_the_index_is_not_made_again_for_what_did_not_change(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    assert flows.index(root=uri) == flows.index(root=uri)


def test_explain_tells_the_story_of_kept_and_refused_documents(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    redacted = explain(uri, "handbook:contact.md")
    assert (redacted.action, redacted.reasons) == ("redact", ("PERSONAL_CONTACT",))
    said = str(redacted)
    assert "jo.smith" not in said and "snapshot" in said and "judgement" in said
    assert explain(uri, redacted.doc_id).doc_id == redacted.doc_id
    assert explain(uri, "handbook:garden.md").reasons == ("LICENCE_UNKNOWN",)
    with pytest.raises(NotFound):
        explain(uri, "handbook:absent.md")


def test_a_nightly_run_captures_everything_and_goes_on_past_a_failure(
    uri: str, corpus: Path, register: Register, tmp_path: Path
) -> None:
    (corpus / "garden.md").unlink()
    register(corpus, lane="green")
    register(tmp_path / "gone", identifier="gone")
    night = flows.nightly(root=uri)
    assert set(night.captured) == {"handbook"} and "SOURCE_UNAVAILABLE" in night.failed["gone"]
    assert night.snapshot and night.index


def test_no_value_leaves_the_lake(uri: str, corpus: Path, register: Register, people: None) -> None:
    register(corpus)
    captured = flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    flows.index(root=uri)
    search(uri, "jo.smith@initech.example.org", "dana")
    assert "jo.smith" not in captured.model_dump_json()
    for path in Path(uri).rglob("*"):
        if path.is_file() and path.suffix in (".json", ".html", ".duckdb", ".toml"):
            assert b"jo.smith" not in path.read_bytes(), path


def test_an_audit_finds_a_changed_object(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    captured = flows.capture("handbook", root=uri)
    assert verify_root(uri, "auditor").problems == ()
    assert verify_root(uri, "auditor").checkpoints == 1
    root = open_root(uri)
    shard = root.manifests.get("judgements", captured.judgement, Judgement).shards[0].shard
    path = Path(uri) / shard.key
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert any(shard.digest in problem for problem in verify_root(uri, "auditor").problems)


def test_what_is_in_the_corpus_stays_and_the_newcomer_is_the_duplicate(
    uri: str, corpus: Path, register: Register, tmp_path: Path
) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    approve(uri)
    flows.promote(root=uri)
    write(tmp_path / "other" / "same.md", (corpus / "travel.md").read_text())
    register(tmp_path / "other", identifier="other", authority=100)
    assert flows.capture("other", root=uri).reasons == {"DUPLICATE_EXACT": 1}
    assert flows.capture("handbook", root=uri).actions["accept"] == 1
