"""`muniment eval` from the outside: the report, requirements, wrong use, and the tasks on data made here."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from muniment.errors import Corrupt, NotFound
from muniment.evaluate import TASKS, requirements_not_met, run
from muniment.evaluate.command import evaluate
from muniment.evaluate.records import records
from muniment.evaluate.report import Options
from muniment.store.models import installed

APP = typer.Typer()
APP.command()(evaluate)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def span(text: str, value: str, kind: str) -> dict[str, Any]:
    return {"start": text.index(value), "end": text.index(value) + len(value), "type": kind}


@pytest.fixture
def personal(tmp_path: Path) -> Path:
    one, two = "write to joe@example.org", "ask Ann, ann@example.org"
    rows = [
        {"id": "1", "lang": "en", "text": one, "spans": [span(one, "joe@example.org", "MAIL")]},
        {
            "id": "2",
            "lang": "en",
            "text": two,
            "spans": [span(two, "ann@example.org", "MAIL"), span(two, "Ann", "WHO"), span(two, "ask", "VERB")],
        },
        {"id": "3", "lang": "de", "text": "nichts", "spans": []},
    ]
    (tmp_path / "types.toml").write_text(
        'structured = ["EMAIL_ADDRESS"]\n[set]\n[set.map]\nMAIL = "EMAIL_ADDRESS"\nWHO = "PERSON"\n'
    )
    return write(tmp_path / "set.jsonl.gz", *rows)


def invoke(*arguments: object) -> Any:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_personal_data_is_scored_by_type_and_by_characters(personal: Path) -> None:
    metrics = run("pii", [personal], Options(types=f"{personal.parent}/types.toml:set"))["metrics"]
    assert metrics["structured.f1"] == 1
    assert metrics["type.EMAIL_ADDRESS.recall"] == 1 and metrics["type.PERSON.recall"] == 0
    assert metrics["all.recall"] == pytest.approx(2 / 3)
    assert metrics["chars.recall"] == pytest.approx(30 / 33)
    assert metrics["lang.en.all.documents"] == 2 and metrics["lang.de.all.documents"] == 1
    assert metrics["speed.documents_per_cpu_second"] > 0 and metrics["memory.peak_mb"] > 1


def test_a_report_names_its_data_and_its_detector_by_digest(personal: Path) -> None:
    report = run("pii", [personal])
    assert report["data"][0]["name"] == "set.jsonl.gz" and len(report["data"][0]["sha256"]) == 64
    assert report["systems"][0]["name"] == "personal" and len(report["systems"][0]["digest"]) == 64
    assert report["intervals"]["all.recall"][0] <= report["metrics"]["all.recall"] <= report["intervals"]["all.recall"][1]
    assert "example.org" not in json.dumps(report)


@pytest.mark.skipif(not installed(), reason="needs the extra muniment[ner]")
def test_names_are_found_beside_what_patterns_find(tmp_path: Path) -> None:
    text = "Yesterday Maria Fernandez wrote from maria@example.org to her old friends at the school."
    spans = [{"start": 10, "end": 25, "type": "PERSON"}, {"start": 37, "end": 54, "type": "EMAIL_ADDRESS"}]
    (tmp_path / "set.jsonl").write_text(json.dumps({"id": "1", "lang": "en", "text": text, "spans": spans}))
    report = run("pii", [tmp_path / "set.jsonl"], Options(ner=True))
    assert [each["name"] for each in report["systems"]] == ["personal", "names"]
    assert report["metrics"]["all.recall"] == report["metrics"]["all.precision"] == 1


def test_requirements_decide_the_exit_code(personal: Path) -> None:
    types = ("--types", f"{personal.parent}/types.toml:set")
    met = invoke(
        "pii",
        personal,
        *types,
        "--require",
        "structured.f1>=0.9",
        "--require",
        "all.recall<=0.7",
        "--out",
        personal.parent / "r.json",
    )
    assert met.exit_code == 0 and json.loads((personal.parent / "r.json").read_text())["task"] == "pii"
    unmet = invoke("pii", personal, *types, "--require", "all.recall>=0.9")
    assert unmet.exit_code == 1 and "all.recall is 0.6667, required >= 0.9" in unmet.output


@pytest.mark.parametrize(
    "arguments",
    [("nothing",), ("pii", "--require", "f1 about 3"), ("pii", "--types", "none.toml:x"), ("language",)],
)
def test_wrong_use_is_told_with_exit_code_2(personal: Path, arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments, personal if arguments != ("language",) else personal.parent / "absent.jsonl")
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_what_was_not_measured_is_not_met() -> None:
    assert requirements_not_met({"metrics": {"a": 1.0}}, ["a>=1", "a<=1", "b>=0"]) == ["b was not measured, required >= 0"]


def test_secrets_are_scored_by_document_and_by_span(tmp_path: Path) -> None:
    text = 'password = "tR0ub4dor+3kLm"'
    data = write(
        tmp_path / "s.jsonl",
        {"id": "1", "text": text, "spans": [span(text, "tR0ub4dor+3kLm", "Password")]},
        {"id": "2", "text": "nothing here", "label": "negative"},
        {"id": "3", "text": "undetectable", "label": "positive"},
    )
    metrics = run("secrets", [data])["metrics"]
    assert metrics["all.f1"] == 1 == metrics["chars.f1"]
    assert metrics["documents.recall"] == 0.5 and metrics["documents.precision"] == 1
    assert metrics["clean.findings_per_mb"] == 0


def test_language_is_scored_for_each_language(tmp_path: Path) -> None:
    german, english = "Alle Menschen sind frei und gleich an Würde geboren.", "All human beings are born free and equal in dignity."
    data = write(
        tmp_path / "l.jsonl",
        {"id": "1", "text": german, "lang": "de-AT"},
        {"id": "2", "text": english, "lang": "en"},
        {"id": "3", "text": english, "lang": "fr"},
    )
    metrics = run("language", [data])["metrics"]
    assert metrics["all.accuracy"] == pytest.approx(2 / 3)
    assert metrics["lang.de.accuracy"] == 1 and metrics["lang.fr.accuracy"] == 0 and metrics["lang.en.precision"] == 0.5


def test_quality_ranks_prose_above_noise(tmp_path: Path) -> None:
    prose = "The people of the town have been to the market with their friends, and that is what they like to do. " * 4
    data = write(
        tmp_path / "q.jsonl",
        *({"id": f"k{n}", "text": f"{prose} It was day {n}.", "label": "keep"} for n in range(5)),
        *({"id": f"d{n}", "text": f"# {n} ## 44 12\n" * 30, "label": "drop"} for n in range(5)),
    )
    metrics = run("quality", [data])["metrics"]
    assert metrics["all.f1"] == 1 and metrics["all.auc"] == 1 and metrics["signal.alphabetic_word_ratio.auc"] == 1


def test_parquet_and_json_lines_read_the_same(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": "é\n"}, {"id": "2", "text": ""}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    assert records([tmp_path / "x.parquet"]) == records([write(tmp_path / "x.jsonl.gz", *rows)])


def test_data_that_cannot_be_read_is_named_by_its_line_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": "1", "text": "a"}\nsecret words\n')
    with pytest.raises(Corrupt, match=r"Line 2 of x\.jsonl") as raised:
        records([tmp_path / "x.jsonl"])
    assert "secret words" not in str(raised.value)
    with pytest.raises(Corrupt, match="lacks lang"):
        records([write(tmp_path / "y.jsonl", {"id": "1"})], ("lang",))
    with pytest.raises(NotFound):
        records([tmp_path / "z.jsonl"])


def test_every_task_of_the_contract_has_a_name() -> None:
    assert {"pii", "secrets", "language", "quality"} <= set(TASKS)
