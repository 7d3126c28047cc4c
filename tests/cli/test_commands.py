"""The command line as a person meets it: the way from a folder to an answer, and clear refusals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stories import PEOPLE
from typer.testing import CliRunner

from muniment.cli import app
from muniment.policies.policy import default


@pytest.fixture
def run(uri: str, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run a command on the test's root; gives what it printed."""
    monkeypatch.setenv("MUNIMENT_ROOT", uri)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.output

    return call


def test_the_whole_way_by_commands(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run(
        "source",
        "add",
        "--id",
        "handbook",
        "--location",
        str(corpus),
        "--owner",
        "People team",
        "--steward",
        "dana",
        "--acl",
        "staff",
    )
    run("source", "approve", "handbook", "--actor", "dana")
    assert "handbook" in run("source", "list")
    captured = json.loads(run("capture", "handbook", "--json"))
    assert captured["actions"] == {"accept": 1, "hold": 1, "redact": 1, "reject": 1}
    assert "PERSONAL_CONTACT" in run("review", "handbook")
    assert "approve" in run("review", "handbook", "--approve", "--reason", "read it", "--actor", "dana")
    assert "2 documents" in run("promote")
    assert "passages" in run("index", "build")
    (tmp_path / "people.toml").write_text(PEOPLE)
    assert "2 principals" in run("access", "use", str(tmp_path / "people.toml"))
    answer = json.loads(run("search", "who pays for travel to customers", "--as", "dana", "-k", "1", "--json"))
    assert "Travel to customers" in answer["hits"][0]["text"]
    assert "cite" in run("search", "travel", "--as", "dana")
    assert "Copies" in run("explain", "handbook:travel.md")
    assert json.loads(run("snapshots", "--json"))[0]["refs"] == ["production"] and "Shown by" in run("snapshots")
    assert "0 added" in run("diff", "production", "production")
    assert "accept" in run("lineage", "sql", "SELECT action, count(*) FROM verdicts GROUP BY ALL")
    (tmp_path / "new.toml").write_text(default().replace("below = 20", "below = 100000"))
    trial = json.loads(run("policy", "try", str(tmp_path / "new.toml"), "--json"))
    assert trial["moves"]["accept"] == {"reject": 1} and trial["gained"]["TOO_SHORT"] == 4
    document = json.loads(run("explain", "handbook:contact.md", "--json"))["doc_id"]
    assert "nothing was changed" in run("erase", "--doc", document, "--dry-run")
    assert "proven" in run("erase", "--doc", document, "--reason", "asked for")
    request = json.loads(run("receipts", "--json"))[0]["request"]
    assert "signature is valid" in run("receipts", request)
    assert "sound" in run("audit", "verify")


def test_a_refusal_is_one_line_with_what_to_do_and_exit_code_one(uri: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "muniment", "capture", "nowhere", "--root", uri], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "not registered" in refused.stderr and "muniment source add" in refused.stderr and "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("capture",),
        ("search", "x"),
        ("review", "x", "--approve", "--reject", "--reason", "abc"),
        ("review", "x", "--approve"),
        ("erase",),
        ("nonsense",),
    ],
)
def test_wrong_use_is_exit_code_two(run, words: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    run(*words, code=2)


def test_a_wrong_policy_is_named(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.toml").write_text("name = 'x'")
    result = CliRunner().invoke(app, ["policy", "check", str(tmp_path / "bad.toml")])
    assert "rule: Field required" in str(result.exception)


def test_an_evaluation_set_is_registered_and_screened_for(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    question = "Tomatoes need six hours of sun each day, steady water at the roots, and a stake to climb before the first fruit"
    (tmp_path / "quiz.jsonl").write_text(json.dumps({"id": "q1", "question": question, "answer": "July"}) + "\n")
    run("source", "add", "--id", "handbook", "--location", str(corpus), "--owner", "o", "--steward", "dana")
    run("source", "approve", "handbook")
    assert "EVAL_HOLDOUT" not in json.loads(run("capture", "handbook", "--json"))["reasons"]
    assert "1 items" in run("evalset", "add", "quiz", str(tmp_path / "quiz.jsonl"))
    assert json.loads(run("capture", "handbook", "--json"))["reasons"]["EVAL_HOLDOUT"] == 1
    assert "quiz" in run("evalset", "list")
