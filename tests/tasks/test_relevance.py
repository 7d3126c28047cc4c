"""Audits of relevance on a corpus in which each failure is planted, judges, comparisons, drift, and what an erasure takes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.asked import degraded, question, store
from tests.stories import LICENCE, TRAVEL

import muniment
from muniment.errors import Forbidden, InvalidRecord
from muniment.report.relevance import page
from muniment.schemas.erasure import Selector
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.relevance import ATTRIBUTED, RelevanceAudit, Watched
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.erasure.withheld import withhold
from muniment.tasks.explain import identify
from muniment.tasks.relevance.audit import audit_relevance
from muniment.tasks.relevance.judge import read_sheet, write_sheet
from muniment.tasks.relevance.present import markdown
from muniment.tasks.relevance.report import gather

SUN, PAYS, VOTES = "How much sun do tomatoes need?", "Who pays for travel to customers?", "When does the board vote on the budget?"


def outcomes(root: Root, audit: RelevanceAudit) -> dict[tuple[str, str], tuple[str, str]]:
    """Document and user → outcome and why."""
    rows = pl.DataFrame(pl.from_arrow(root.lake.read(audit.attributed, ATTRIBUTED)))
    return {(row["query_id"], row["doc_id"]): (row["outcome"], row["why"]) for row in rows.iter_rows(named=True)}


def outcome(root: Root, audit: RelevanceAudit, key: str, document: str) -> tuple[str, str]:
    query = next(each.id for each in muniment.queries_show("desk", "dana", root=root.uri) if each.native_key == key)
    return outcomes(root, audit)[query, identify(root, document)]


def test_each_failure_is_told_from_the_others(desk: Root, tmp_path: Path) -> None:
    start = len(LICENCE)
    near = {"document": "open:travel.txt", "start": start, "end": start + len(TRAVEL)}
    far = {"document": "open:travel.txt", "start": 0, "end": 10_000}  # no passage holds half of it
    lines = [
        question(PAYS, id="found") | {"relevant": [near]},
        question(PAYS, id="cut") | {"relevant": [far]},
        question(VOTES, "inner:board.txt", id="denied", user="guest"),
        question(VOTES, "inner:board.txt", id="allowed"),
        question("What does the sourdough starter rest under?", "late:bread.txt", id="late"),
        question(SUN, "open:copy.txt", id="twin"),
        question(SUN, "open:nowhere.txt", id="never"),
        question("SPDX License MIT archivea basementb cabinetc drawerd hallwaye", "open:garden.txt", id="low"),
        question("zeppelin", "open:garden.txt", id="missing"),
        question("Who orders a shelf?", "open:contact.txt", id="away"),
    ]
    store(desk, tmp_path, lines)
    withhold(desk, "test", (identify(desk, "open:contact.txt"),))
    audit = audit_relevance(desk.uri, "desk", "robin", k=3)
    expected = {
        ("found", "open:travel.txt"): ("found", ""),
        ("cut", "open:travel.txt"): ("assembly", "cut"),
        ("denied", "inner:board.txt"): ("denied", ""),
        ("allowed", "inner:board.txt"): ("found", ""),
        ("late", "late:bread.txt"): ("absent", "not indexed"),
        ("twin", "open:copy.txt"): ("absent", "duplicate"),
        ("never", "open:nowhere.txt"): ("absent", "not captured"),
        ("low", "open:garden.txt"): ("ranking", ""),
        ("away", "open:contact.txt"): ("withheld", ""),
    }
    assert {place: outcome(desk, audit, *place) for place in expected} == expected
    assert outcome(desk, audit, "missing", "open:garden.txt")[0] in ("recall", "ranking")
    whole = audit.slices[0]
    assert (whole.name, whole.queries, whole.scored) == ("all", 10, 8)  # what is denied or withheld is not due
    assert sum(whole.failures.values()) == 8 and whole.figures["ndcg10"].low <= whole.figures["ndcg10"].value


def test_the_ledger_says_who_audited_in_whose_place_and_holds_no_query(desk: Root, tmp_path: Path) -> None:
    store(desk, tmp_path, [question(SUN, "open:garden.txt", user="guest")])
    audit = muniment.relevance_audit("desk", root=desk.uri, actor="robin")
    entries = list(desk.ledger.since(0))
    asked = [each for each in entries if each.kind is EntryKind.SEARCHED]
    assert [(each.actor, "AUDIT" in each.reasons, "principal:guest" in each.subjects) for each in asked] == [("robin", True, True)]
    assert any(each.kind is EntryKind.RELEVANCE_AUDITED and f"relevance:{audit.id}" in each.outputs for each in entries)
    assert "tomatoes" not in "".join(each.model_dump_json() for each in entries)


@pytest.mark.slow
def test_an_erasure_takes_every_row_about_the_erased(desk: Root, tmp_path: Path) -> None:
    store(desk, tmp_path, [question(SUN, "open:garden.txt"), question(PAYS, "open:travel.txt")])
    muniment.relevance_audit("desk", root=desk.uri, actor="dana")
    muniment.canary_add("desk", "desk", root=desk.uri, actor="dana")
    muniment.canary_run(root=desk.uri, actor="dana")
    sheet = muniment.relevance_worksheet("desk", "dana", root=desk.uri)
    muniment.relevance_grade("desk", [each.model_copy(update={"grade": 1}) for each in sheet], "dana", root=desk.uri)
    gone = identify(desk, "open:garden.txt")
    receipt = muniment.erase(Selector(documents=(gone,)), "asked for", desk.uri, "dana")
    assert receipt.proven, receipt.residue
    assert {"answered passage", "attributed answer", "graded passage", "relevance judgement"} <= {
        each.place for each in receipt.copies
    }
    audit, run = muniment.relevance_list(root=desk.uri)[0], muniment.canary_show("desk", root=desk.uri)[0]
    for stored in (audit.answered, audit.attributed, run.answered):
        assert gone not in _documents(desk, stored) and identify(desk, "open:travel.txt") in _documents(desk, stored)
    again = muniment.canary_run(root=desk.uri, actor="dana")[0]
    assert again.drift and again.drift.lost.get("erased") and not again.drift.drifted


def test_a_worse_index_is_seen_by_comparison_and_the_same_one_is_the_same(desk: Root, tmp_path: Path) -> None:
    store(desk, tmp_path, [question(text, document) for text, document in _ANSWERED])
    same = muniment.relevance_compare("desk", "lexical", root=desk.uri)
    assert same.slices[0].difference["ndcg10"].model_dump() == {"value": 0, "low": 0, "high": 0}
    degraded(desk)
    worse = muniment.relevance_compare("desk", root=desk.uri).slices[0]
    assert worse.before["ndcg10"].value == 1 and worse.difference["ndcg10"].high < 0


def test_people_judge_what_was_given_and_their_grades_count(desk: Root, tmp_path: Path) -> None:
    store(desk, tmp_path, [question(SUN), question(PAYS)])
    before = muniment.relevance_audit("desk", root=desk.uri, actor="dana")
    assert before.slices[0].scored == 0
    sheet = muniment.relevance_worksheet("desk", "dana", root=desk.uri)
    for judge, other in (("dana", 0), ("robin", 2)):
        path = tmp_path / f"{judge}.tsv"
        graded = [
            each.model_copy(update={"grade": 3 if "Tomatoes" in each.passage and each.query == SUN else other}) for each in sheet
        ]
        write_sheet(path, graded)
        assert muniment.relevance_grade("desk", read_sheet(path), judge, root=desk.uri) == len(sheet)
    assert muniment.relevance_worksheet("desk", "dana", root=desk.uri) == []
    agreed = muniment.relevance_agreement("desk", root=desk.uri)[0]
    assert (
        (agreed.first, agreed.second, agreed.both) == ("dana", "robin", len(sheet))
        and agreed.relevant is not None
        and agreed.relevant < 0.5
    )
    after = muniment.relevance_audit("desk", root=desk.uri, actor="dana").slices[0]
    assert after.scored == 1 and after.figures["mrr10"].value == 1  # what the two together call relevant


def test_a_worksheet_is_for_who_is_cleared_and_its_faults_are_told_without_its_text(desk: Root, tmp_path: Path) -> None:
    store(desk, tmp_path, [question(SUN, "open:garden.txt")])
    with pytest.raises(Forbidden):
        muniment.relevance_worksheet("desk", "guest", root=desk.uri)
    (tmp_path / "bad.jsonl").write_text(
        json.dumps({"query_id": "q", "citation": "c", "query": "Zaphod", "title": "", "passage": "", "grade": 9})
    )
    with pytest.raises(InvalidRecord) as refused:
        read_sheet(tmp_path / "bad.jsonl")
    assert "Zaphod" not in str(refused.value)


def test_searches_are_followed_week_by_week_without_audits(desk: Root) -> None:
    monday = datetime(2026, 11, 2, 9, tzinfo=UTC)
    for week, evidence in enumerate((80, 80, 20)):
        for number in range(20):
            counts = {"hits": 3, "evidence": evidence + 5 * (number % 2), "low_evidence": int(evidence < 30)}
            reasons = ("LEXICAL", "AUDIT") if number == 19 else ("LEXICAL",)
            draft = Draft(kind=EntryKind.SEARCHED, actor="guest", counts=counts, reasons=reasons)
            desk.ledger.append(draft, monday + timedelta(weeks=week, minutes=number))
    found = [each for each in muniment.relevance_drift(520, root=desk.uri) if each.week >= monday.date()]
    assert [(each.searches, each.low_evidence, each.mode) for each in found] == [
        (19, 0, "lexical"),
        (19, 0, "lexical"),
        (19, 1, "lexical"),
    ]
    assert found[1].stability == 0 and found[2].stability is not None and found[2].stability > 0.25 and found[2].divergence == 1


def test_the_page_names_queries_by_id_and_shows_texts_to_the_cleared_alone(desk: Root, tmp_path: Path) -> None:
    store(
        desk,
        tmp_path,
        [question("zeppelin over the <harbour>", "inner:board.txt", user="guest"), question(PAYS, "open:travel.txt")],
    )
    audit = muniment.relevance_audit("desk", root=desk.uri, actor="dana")
    artifact = markdown(Watched(canaries=(), audit=audit))
    assert "data:image/png;base64," in artifact and "| all | 2 |" in artifact and "zeppelin" not in artifact
    plain = page(gather(desk.uri, "desk", "guest"))
    assert plain.count("<svg") >= 2 and "zeppelin" not in plain and "Where answers were lost" in plain
    with pytest.raises(Forbidden):
        gather(desk.uri, "desk", "guest", with_queries=True)
    assert "zeppelin over the &lt;harbour&gt;" in page(gather(desk.uri, "desk", "dana", with_queries=True))


_ANSWERED = (
    (SUN, "open:garden.txt"),
    ("tomatoes stake climb fruit July", "open:garden.txt"),
    (PAYS, "open:travel.txt"),
    ("Book trains early and keep every receipt", "open:travel.txt"),
    ("Who orders a new shelf from the joiner?", "open:contact.txt"),
    ("joiner in the old town", "open:contact.txt"),
    ("steady water at the roots of tomatoes", "open:garden.txt"),
)


def _documents(root: Root, stored: Stored) -> set[str]:
    return set(root.lake.columns(stored.digest, ["doc_id"])[1]["doc_id"].to_pylist())
