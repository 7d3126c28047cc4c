"""What regulators and those concerned ask for: the record of processing, who read what, who must be told of an erasure."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment import flows
from muniment.cli import app
from muniment.errors import NotFound, RegistryError
from muniment.report.activities import html, markdown
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.audit import notices, recipients
from muniment.tasks.audit.access import accesses
from muniment.tasks.audit.records import record_of_processing
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

Register = Callable[..., Source]


@pytest.fixture
def served(uri: str, corpus: Path, register: Register, people: None) -> str:
    """A root whose handbook was promoted, indexed, searched by dana, and given to a laboratory."""
    register(corpus)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    search(uri, "who pays for travel to customers", "dana", k=1)
    search(uri, "a new shelf for the archive", "dana", k=1)
    recipients.register(uri, "acme-labs", ["production"], "evaluation of search", "data desk", "robin")
    return uri


def test_the_record_says_what_is_there_and_what_is_missing(served: str) -> None:
    made = record_of_processing(served)
    [handbook] = made.activities
    assert (handbook.source, handbook.contact, handbook.steward) == ("handbook", "People team", "dana")
    assert handbook.purposes == ("search within its groups", "acme-labs: evaluation of search")
    assert handbook.data["EMAIL_ADDRESS"] == 1
    assert (handbook.groups, handbook.recipients, handbook.transfers) == (("staff",), ("acme-labs",), ())
    measures = {each.name: each.on for each in made.measures}
    assert not measures["encryption at rest"]
    assert measures["access control, closed by default"]
    assert any("data protection officer" in each for each in made.missing)
    assert any("acme-labs is in a third country" in each for each in made.missing)
    recipients.register(served, "acme-labs-two", ["production"], "training", "data desk", "robin", "Japan: adequacy decision")
    assert record_of_processing(served).activities[0].transfers == ("acme-labs-two: Japan: adequacy decision",)


def test_the_record_as_a_page_holds_every_activity_and_no_value(served: str) -> None:
    made = record_of_processing(served)
    for page in (markdown(made), html(made)):
        assert "People team" in page
        assert "EMAIL_ADDRESS 1" in page
        assert "jo.smith" not in page
        assert "Missing: to be added by people" in page


def test_who_read_what_is_told_without_the_query(served: str) -> None:
    [travel, shelf] = accesses(served, user="dana")
    [document] = travel.documents
    assert document in {explain(served, f"handbook:{name}").doc_id for name in ("travel.md", "travel-copy.md")}
    assert travel.sequence < shelf.sequence
    assert travel in accesses(served, document=document)
    assert accesses(served, since=shelf.time)[-1] == shelf
    assert accesses(served, user="guest") == []
    assert "travel" not in "".join(each.model_dump_json() for each in accesses(served))


def test_whoever_was_given_what_was_erased_is_to_be_told_once(served: str) -> None:
    [document] = accesses(served)[0].documents
    root = open_root(served)
    assert recipients.recipients_of(root, [], [document]) == ("user:dana",)
    assert recipients.recipients_of(root, [], ["0" * 32]) == ()
    request = request_erasure(served, Selector(documents=(document,)), "asked for", "dana")
    with pytest.raises(NotFound, match="no receipt"):
        notices.notices(served, request.id)
    flows.erase(request.id, root=served)
    laboratory, dana = notices.notices(served, request.id)
    assert (laboratory.recipient, laboratory.contact, dana.recipient) == ("acme-labs", "data desk", "user:dana")
    assert document in laboratory.text
    assert "Travel" not in laboratory.text + dana.text
    first = notices.mark_sent(served, request.id, "acme-labs", "robin")
    assert notices.mark_sent(served, request.id, "acme-labs", "dana") == first
    assert [each.sent for each in notices.notices(served, request.id)] == [first.sent, None]
    with pytest.raises(NotFound, match="holds nothing"):
        notices.mark_sent(served, request.id, "somebody", "robin")
    kinds = [entry.kind for entry in open_root(served).ledger.since(0)]
    assert (kinds.count("recipient.registered"), kinds.count("recipient.notified")) == (1, 1)
    assert verify_root(served, "auditor").problems == ()


def test_a_recipient_has_a_snapshot_on_one_kind_of_terms(served: str) -> None:
    [held] = recipients.register(served, "acme-labs", ["production"], "evaluation of search", "data desk", "dana")
    assert held.actor == "robin"
    with pytest.raises(RegistryError, match="other terms"):
        recipients.register(served, "acme-labs", ["production"], "something else", "data desk", "dana")


def test_the_commands_do_the_same(served: str, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--root", served])
        assert done.exit_code == 0, done.output
        return done.output

    assert json.loads(run("recipient", "list", "--json"))[0]["name"] == "acme-labs"
    assert len(json.loads(run("audit", "access", "--user", "dana", "--json"))) == 2
    run("audit", "record", "--out", str(tmp_path / "record.html"))
    assert (tmp_path / "record.html").read_text().startswith("<!doctype html>")
    run("audit", "checkpoint", "--out", str(tmp_path / "monday.note"))
    run("recipient", "register", "other-labs", "--purpose", "training", "--contact", "data desk")
    run("audit", "checkpoint", "--since", str(tmp_path / "monday.note"), "--out", str(tmp_path / "tuesday.proof"))
    run("audit", "prove", "3", "--out", str(tmp_path / "entry.tlog-proof"))
    assert json.loads(run("audit", "verify", "--against", str(tmp_path / "monday.note"), "--json"))["problems"] == []
    key = open_root(served).vault.public_key
    for proof in (["tuesday.proof", "--old", "monday.note"], ["entry.tlog-proof"]):
        done = subprocess.run(
            [sys.executable, "-m", "muniment.verifiers.inclusion", *proof, "--key", key],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, " holds: " in done.stdout) == (0, True), done.stdout + done.stderr
