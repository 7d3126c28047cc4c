"""What a snapshot may be used for: the check, the proof, the layer, the manifest of attributions."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.rights import Doc, snapshot
from tests.stories import write
from typer.testing import CliRunner

from muniment import flows
from muniment.cli import app
from muniment.errors import Corrupt, NotFound
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.corpus import required
from muniment.tasks.duplicates import buckets
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.rights import check as rights
from muniment.tasks.rights import proof
from muniment.tasks.rights.attribution import attributions
from muniment.tasks.rights.revoke import revoke_licence
from muniment.tasks.search.search import search
from muniment.tasks.sources import add_source, approve_source, suspend_source
from muniment.verifiers import rights as verifier

Register = Callable[..., Source]
MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "
    '"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, '
    "distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to "
    "the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial "
    "portions of the Software.\n"
)
TOPICS = ["boats", "horses", "lanterns", "bridges", "orchards", "clocks", "kilns", "wells"]


def page(licence: str, number: int) -> str:
    topic = TOPICS[number]
    body = f"The {topic} of the valley are counted in spring, and number {number} of the keepers writes them into the book of {topic}. "
    return f"SPDX-License-Identifier: {licence}\n\n# About {topic}\n\n" + body * 3


def promote(uri: str, *sources: str) -> str:
    for source in sources:
        flows.capture(source, root=uri)
        decide(uri, source, Decision.APPROVE, "read the sample", "dana")
    return flows.promote(root=uri).snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six documents: four permissive, two share-alike."""
    place = tmp_path / "pages"
    for number, licence in enumerate(["MIT", "Apache-2.0", "CC-BY-SA-4.0", "CC-BY-4.0", "GPL-3.0-only", "MIT OR GPL-2.0-only"]):
        write(place / f"{TOPICS[number]}.md", page(licence, number))
    return place


def test_a_use_that_refuses_share_alike_fails_and_passes_without_the_layer(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    promote(uri, "handbook")
    failed = rights.check(uri, "production", "open-weights")
    assert not failed.passed and (failed.documents, failed.violating) == (6, 2)
    [breach] = failed.breaches
    assert breach.clause == "SHAREALIKE" and breach.licences == {"CC-BY-SA-4.0": 1, "GPL-3.0-only": 1}
    assert {each.native_key for each in breach.first} == {"lanterns.md", "orchards.md"}
    passed = rights.check(uri, "production", "open-weights", without=("share-alike",))
    assert passed.passed and (passed.documents, passed.left_out) == (4, 2)
    assert rights.check(uri, "production", "internal-retrieval").passed


def test_a_failed_check_writes_no_proof_and_a_passed_one_is_verified_with_its_objects(
    uri: str, folder: Path, register: Register, tmp_path: Path
) -> None:
    register(folder)
    promote(uri, "handbook")
    found, made = proof.prove(uri, "production", "open-weights", tmp_path / "p.json.gz", "dana")
    assert not found.passed and made is None and not list(tmp_path.glob("p.json*"))
    _, made = proof.prove(uri, "production", "open-weights", tmp_path / "p.json.gz", "dana", without=("share-alike",))
    assert made is not None and made.documents == 4
    findings = verifier.verify(tmp_path / "p.json.gz", made.key, objects=Path(uri))
    assert verifier.holds(findings), findings
    assert any("verdicts" in each.what and "12 objects" not in each.what for each in findings)
    entry = [each for each in open_root(uri).ledger.since(0) if each.kind == "rights.proven"]
    assert [each.counts for each in entry] == [{"documents": 4}] and entry[0].outputs == (f"proof:{made.root}",)
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["p.json.gz"], "nothing is left on the way"


def test_the_same_question_at_the_same_time_gives_the_same_bytes(uri: str, tmp_path: Path) -> None:
    snapshot(uri, [Doc("MIT"), Doc("Apache-2.0"), Doc("CC-BY-4.0", "wiki")] * 4, shard=2)
    root, now = open_root(uri), datetime(2026, 11, 21, tzinfo=UTC)
    question = rights.ask(root, "production", "open-weights")
    for name in ("one.gz", "other.gz"):
        proof.write(root, question, tmp_path / name, now)
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "other.gz").read_bytes()


def test_many_buckets_make_the_same_proof_and_name_everybody_as_one_does(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot(uri, [Doc("MIT"), Doc("Apache-2.0"), Doc("CC-BY-4.0", "wiki")] * 9, shard=4)
    root, now = open_root(uri), datetime(2026, 11, 21, tzinfo=UTC)
    question = rights.ask(root, "production", "open-weights")
    one, named = proof.write(root, question, tmp_path / "one.gz", now), list(attributions(root, question.snapshot))
    monkeypatch.setattr(buckets, "_TOGETHER", 3)
    many = proof.write(root, question, tmp_path / "many.gz", now)
    assert (one.root, one.documents) == (many.root, many.documents) == (one.root, 27)
    assert verifier.holds(verifier.verify(tmp_path / "many.gz", one.key, objects=Path(uri)))
    assert sorted(map(str, attributions(root, question.snapshot))) == sorted(map(str, named))


def test_a_document_that_is_in_two_objects_is_never_proven(uri: str, tmp_path: Path) -> None:
    made = required(open_root(uri), snapshot(uri, [Doc("MIT")]))
    root = open_root(uri)
    again = root.lake.write(pa.concat_tables([root.lake.read(made.shards()[0], PROMOTED)] * 2), PROMOTED)
    changed = made.model_copy(update={"revision": 1, "parts": (made.parts[0].model_copy(update={"shards": (again,)}),)})
    root.manifests.supersede("snapshots", changed)
    with pytest.raises(Corrupt, match="twice"):
        proof.prove(uri, "production", "open-weights", tmp_path / "p.json.gz", "dana")
    assert not list(tmp_path.glob("p.json*"))


def test_a_contract_binds_and_a_named_customer_loosens_it(uri: str) -> None:
    snapshot(uri, [Doc("MIT", "acme", classification="confidential")] * 3, acme={"customer": "Acme", "no_pretraining": True})
    assert rights.check(uri, "production", "tuning", customer="Acme").passed
    assert {each.clause for each in rights.check(uri, "production", "tuning").breaches} == {"customer", "classification"}
    other = rights.check(uri, "production", "tuning", customer="Initech")
    assert {each.clause for each in other.breaches} == {"customer", "classification"}
    weights = rights.check(uri, "production", "on-prem", customer="Acme")
    assert {each.clause for each in weights.breaches} == {"no_pretraining"}


def test_what_must_not_be_mixed_stands_alone_or_beside_the_same_customer(uri: str) -> None:
    bound = {"customer": "Acme", "no_mixing": True}
    snapshot(uri, [Doc("MIT", "acme"), Doc("MIT", "acme-two")], **{"acme": bound, "acme-two": {"customer": "Acme"}})
    assert rights.check(uri, "production", "tuning", customer="Acme").passed
    snapshot(uri, [Doc("MIT", "acme"), Doc("MIT", "wiki")], acme=bound)
    found = rights.check(uri, "production", "tuning", customer="Acme")
    assert [(each.clause, each.sources) for each in found.breaches] == [("no_mixing", {"acme": 1})]


def test_terms_that_ran_out_and_suspended_sources_are_refused_for_every_use(uri: str) -> None:
    snapshot(uri, [Doc("MIT"), Doc("MIT", "wiki")], wiki={"valid_until": "2020-01-01"})
    found = rights.check(uri, "production", "research")
    assert [(each.clause, each.sources) for each in found.breaches] == [("terms", {"wiki": 1})]
    suspend_source(uri, "handbook", "dana")
    suspended = rights.check(uri, "production", "research")
    assert [(each.clause, each.documents) for each in suspended.breaches] == [("terms", 2)]


def test_a_licence_that_was_taken_back_is_refused_where_it_is_the_branch_that_is_taken(uri: str) -> None:
    snapshot(uri, [Doc("MIT"), Doc("MIT OR GPL-2.0-only"), Doc("Apache-2.0"), Doc("Apache-2.0 AND MIT")])
    revoke_licence(uri, "MIT", "handbook", date(2026, 1, 1), "the publisher said so", "dana")
    found = rights.check(uri, "production", "research")
    assert [(each.clause, each.documents) for each in found.breaches] == [("revoked", 3)]


def test_tags_that_were_recorded_stricter_than_the_table_says_now_count(uri: str) -> None:
    made = snapshot(uri, [Doc("MIT")])
    root = open_root(uri)
    [part] = required(root, made).parts
    table = root.lake.read(part.shards[0], PROMOTED).to_pylist()
    stored = root.lake.write(pa.Table.from_pylist([{**table[0], "tags": ["PARTNER_ONLY"]}], schema=PROMOTED), PROMOTED)
    held = required(root, made)
    changed = held.model_copy(update={"revision": 1, "parts": (part.model_copy(update={"shards": (stored,)}),)})
    root.manifests.supersede("snapshots", changed)
    found = rights.check(uri, "production", "api-only")
    assert {each.clause for each in found.breaches} == {"PARTNER_ONLY", "COMMERCIAL_OK"}


def test_erasure_keeps_the_layers_apart_and_the_snapshot_provable(
    uri: str, folder: Path, register: Register, tmp_path: Path
) -> None:
    register(folder)
    promote(uri, "handbook")
    flows.index(root=uri, without=("share-alike",))
    gone = explain(uri, "handbook:lanterns.md").doc_id
    receipt = flows.erase(request_erasure(uri, Selector(documents=(gone,)), "asked for", "dana").id, root=uri)
    assert receipt.proven, receipt.checks
    held = required(open_root(uri), "production")
    [part] = held.parts
    assert held.revision == 1 and sum(each.rows for each in part.share_alike) == 1
    assert set(part.share_alike) <= set(part.shards)
    found, made = proof.prove(uri, "production", "open-weights", tmp_path / "p.json.gz", "dana", without=("share-alike",))
    assert found.passed and (found.documents, found.left_out) == (4, 1) and made
    assert verifier.holds(verifier.verify(tmp_path / "p.json.gz", made.key, objects=Path(uri)))


def test_a_proof_of_before_an_erasure_says_that_the_snapshot_was_replaced(
    uri: str, folder: Path, register: Register, tmp_path: Path
) -> None:
    register(folder)
    promote(uri, "handbook")
    _, made = proof.prove(uri, "production", "internal-retrieval", tmp_path / "p.json.gz", "dana")
    gone = explain(uri, "handbook:boats.md").doc_id
    flows.erase(request_erasure(uri, Selector(documents=(gone,)), "asked for", "dana").id, root=uri)
    assert made and verifier.holds(verifier.verify(tmp_path / "p.json.gz", made.key))
    [failed] = [each for each in verifier.verify(tmp_path / "p.json.gz", made.key, objects=Path(uri)) if each.state == "failed"]
    assert "erasure" in failed.what


def test_an_index_without_the_layer_answers_with_nothing_of_it(uri: str, folder: Path, register: Register, people: None) -> None:
    register(folder)
    promote(uri, "handbook")
    whole = flows.index(root=uri)
    less = flows.index(root=uri, without=("share-alike",))
    assert less.without == ("share-alike",) and less.count < whole.count
    shown = {hit.title for hit in search(uri, "lanterns of the valley", "dana", 100).hits}
    assert shown and not any("lanterns" in title or "orchards" in title for title in shown)


def test_a_snapshot_without_layers_cannot_leave_one_out(uri: str) -> None:
    made = required(open_root(uri), snapshot(uri, [Doc("MIT")]))
    open_root(uri).manifests.supersede("snapshots", made.model_copy(update={"revision": 1, "schema_version": 3}))
    with pytest.raises(NotFound, match="made before share-alike"):
        rights.check(uri, "production", "open-weights", without=("share-alike",))
    with pytest.raises(NotFound, match="No layer is called"):
        rights.check(uri, "production", "open-weights", without=("gpl",))
    with pytest.raises(NotFound, match="open-weights, restricted-weights"):
        rights.check(uri, "production", "anything")


def test_attributions_are_grouped_by_project_and_take_lines_from_licence_files_that_were_not_promoted(
    uri: str, tmp_path: Path
) -> None:
    for name in ("alpha", "beta"):
        place = tmp_path / "site-packages"
        write(
            place / f"{name}/__init__.py",
            f'"""The {name} of the harbour, and how the {name} is counted by those who keep it."""\n' * 6,
        )
        info = place / f"{name}-1.0.dist-info"
        write(
            info / "METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense-Expression: MIT\nLicense-File: LICENSE\n",
        )
        write(info / "LICENSE", f"MIT License\n\nCopyright (c) 2019 Keeper of {name}\n\n" + MIT)
        write(info / "RECORD", f"{name}/__init__.py,,\n{name}-1.0.dist-info/METADATA,,\n{name}-1.0.dist-info/LICENSE,,\n")
    plain = {
        "id": "packages",
        "kind": "distributions",
        "location": str(tmp_path / "site-packages"),
        "owner": "o",
        "steward": "dana",
    }
    add_source(uri, Source.model_validate({**plain, "acl": ("staff",)}), "tester")
    approve_source(uri, "packages", "dana")
    promote(uri, "packages")
    root = open_root(uri)
    groups = [group for _, group in attributions(root, required(root, "production"))]
    assert {group.project for group in groups} and all(group.project for group in groups)
    for group in groups:
        name = "alpha" if "alpha" in group.project else "beta"
        assert group.copyrights == (f"Copyright (c) 2019 Keeper of {name}",)
        assert group.licences == ("MIT",)
    entries = str([entry.model_dump() for entry in root.ledger.since(0)])
    assert "Keeper of" not in entries


def test_the_commands_say_what_a_person_needs(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot(uri, [Doc(each) for each in ("MIT", "CC-BY-SA-4.0", "CC-BY-NC-4.0")] * 3)
    monkeypatch.setenv("MUNIMENT_ROOT", uri)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["rights", *words])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.output

    assert "open-weights" in run("uses") and "NONCOMMERCIAL" in run("uses", "research")
    said = run("check", "--use", "open-weights", code=1)
    assert "may NOT be used" in said and "NONCOMMERCIAL" in said and "--without share-alike" in said
    listed = tmp_path / "all.jsonl"
    run("check", "--use", "open-weights", "--list", str(listed), code=1)
    assert {json.loads(line)["licence"] for line in listed.read_text().splitlines()} == {"CC-BY-SA-4.0", "CC-BY-NC-4.0"}
    plain = json.loads(run("check", "--use", "open-weights", "--json", code=1))
    assert (plain["passed"], len(plain["violations"]), plain["proof"]) == (False, 6, None)
    file, agreed, one = str(tmp_path / "proof.json.gz"), str(tmp_path / "agreed.json"), str(tmp_path / "one.json")
    assert "Proof:" in run("check", "--use", "research", "--out", file)
    run("table", "--out", agreed)
    key = open_root(uri).vault.public_key
    assert "holds" in run("verify", file, "--key", key, "--terms", agreed, "--objects", uri)
    assert "does NOT hold" in run("verify", file, "--key", "0" * 64, code=1)
    assert json.loads(run("verify", file, "--json"))["holds"] is True
    run("document", plain["violations"][0]["doc_id"], "--proof", file, "--out", one)
    assert "one document" in run("verify", one, "--key", key)
    assert "creativecommons.org/licenses/by-nc/4.0/" in run("attribution")
    run("attribution", "--out", str(tmp_path / "credits.csv"))
    rows = list(csv.DictReader((tmp_path / "credits.csv").open()))
    assert len(rows) == 9 and rows[0]["copyright"].startswith("Copyright 2020 Keeper")
    assert len(json.loads(run("attribution", "--format", "json", "--without", "share-alike"))["groups"]) == 6
