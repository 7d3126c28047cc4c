"""Columns of a table source: in the pack, in the verdicts, in an erasure, and by command without any capture."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, prose
from typer.testing import CliRunner

from muniment import flows
from muniment.cli import app
from muniment.errors import NotFound
from muniment.schemas.capture import Capture
from muniment.schemas.erasure import Selector
from muniment.schemas.evidence import COLUMN
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import columns, policies
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.fetch import CaptureRef

Register = Callable[..., Source]
COLUMNS = {"text": "body", "key": "mail", "title": "subject"}


def table(path: Path, book: bool = False) -> Path:
    """Thirty rows with an e-mail address as key; their texts are made words, or themselves rows of an address book."""
    rows = [
        {
            "mail": f"ann{at}@example.org",
            "subject": f"Part {at}",
            "body": f"ann{at}@example.org, +49 170 {2000000 + at * 7919}" if book else prose(at),
            "phone": f"+49 170 {2000000 + at * 7919}",
        }
        for at in range(30)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def taken(uri: str, source: str = "rows") -> Capture:
    root = open_root(uri)
    reference, _ = root.refs.read(f"captures/{source}", CaptureRef)
    assert reference
    return root.manifests.get(f"captures/{source}", reference.capture, Capture)


def test_the_pack_shows_likely_personal_columns_and_warns_of_those_that_travel_on(
    uri: str, tmp_path: Path, register: Register
) -> None:
    register(table(tmp_path / "rows.jsonl"), "rows", kind="table", columns=COLUMNS)
    captured = flows.capture("rows", root=uri)
    section = next(each for each in captured.pack.sections if each.title == "Columns")
    by_name = {row[0]: row for row in section.rows}
    assert by_name["`mail`"][2:4] == ("key", "likely: EMAIL_ADDRESS") and by_name["`phone`"][2] == "dropped"
    assert by_name["`body`"][3] == "no" and "`mail` as key" in section.note
    assert "PERSONAL_COLUMN" not in captured.reasons
    assert "ann1@" not in str(section)


def test_a_table_whose_text_is_an_address_book_is_held(uri: str, tmp_path: Path, register: Register) -> None:
    register(table(tmp_path / "rows.jsonl", book=True), "rows", kind="table", columns=COLUMNS)
    captured = flows.capture("rows", root=uri)
    assert captured.reasons["PERSONAL_COLUMN"] == 30 and "accept" not in captured.actions


def test_a_rule_can_be_about_what_a_column_is_used_as(uri: str, tmp_path: Path, register: Register) -> None:
    rule = '\n[[rule]]\ncode = "PERSONAL_KEY"\naction = "hold"\ncolumns = { types = ["EMAIL_*"], uses = ["key"], score = 0.7 }\nwhy = "Keys stay in the corpus."\n'
    policies.put_in_force(open_root(uri), policies.text(open_root(uri)) + rule)
    register(table(tmp_path / "rows.jsonl"), "rows", kind="table", columns=COLUMNS)
    reasons = flows.capture("rows", root=uri).reasons
    assert reasons["PERSONAL_KEY"] == 30 and "PERSONAL_COLUMN" not in reasons


def test_nothing_is_looked_at_again_while_nothing_changed(
    uri: str, tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(table(tmp_path / "rows.jsonl"), "rows", kind="table", columns=COLUMNS)
    first = flows.capture("rows", root=uri)
    monkeypatch.setattr(columns, "sample", lambda *_: pytest.fail("looked again"))
    assert flows.capture("rows", root=uri).capture == first.capture


def test_where_the_look_failed_documents_are_held(
    uri: str, tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(table(tmp_path / "rows.jsonl"), "rows", kind="table", columns=COLUMNS)
    monkeypatch.setattr(columns, "sample", lambda *_: iter([("no table", {})]))
    captured = flows.capture("rows", root=uri)
    assert captured.reasons["EVIDENCE_MISSING"] == 30 and "could not be looked at" in str(captured.pack.sections)


def test_what_is_kept_names_columns_and_no_value_and_goes_with_its_source(uri: str, tmp_path: Path, register: Register) -> None:
    register(table(tmp_path / "rows.jsonl"), "rows", kind="table", columns=COLUMNS)
    flows.capture("rows", root=uri)
    root, stored = open_root(uri), taken(uri).columns
    assert stored and stored.digest in {held.digest for held in copies.set_aside(root, "rows")}
    assert "ann1" not in str(root.lake.read(stored, COLUMN).to_pylist())
    receipt = flows.erase(request_erasure(uri, Selector(source="rows"), "asked for", "dana").id, root=uri)
    assert receipt.proven and not root.lake.exists(stored) and taken(uri).columns is None
    assert ("column", "rewritten") in {(copy.place, copy.status) for copy in receipt.copies}


def test_sources_without_records_have_no_columns(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    captured = flows.capture("handbook", root=uri)
    assert taken(uri, "handbook").columns is None and not [each for each in captured.pack.sections if each.title == "Columns"]


def test_a_table_in_a_folder_is_shown_and_its_text_left_to_the_detectors(uri: str, tmp_path: Path, register: Register) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "people.csv").write_text("email\n" + "\n".join(f"a{at}@example.org" for at in range(30)))
    (tmp_path / "files" / "page.md").write_text(LICENCE + prose(1))
    register(tmp_path / "files", "files")
    captured = flows.capture("files", root=uri)
    section = next(each for each in captured.pack.sections if each.title == "Columns")
    assert (
        section.rows[0][:4] == ("`email`", "string", "text", "likely: EMAIL_ADDRESS") and "PERSONAL_COLUMN" not in captured.reasons
    )


def test_the_command_looks_at_files_and_sources_and_keeps_nothing(
    uri: str, tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUNIMENT_ROOT", uri)
    path = table(tmp_path / "rows.jsonl")

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["source", "columns", *words])
        assert result.exit_code == 0, result.output
        return result.output

    told = json.loads(run(str(path), "--json"))
    assert {each["column"]: each["type"] for each in told} == {
        "mail": "EMAIL_ADDRESS",
        "subject": None,
        "body": None,
        "phone": "PHONE_NUMBER",
    }
    assert not Path(uri).exists() and "likely" in run(str(path))
    register(path, "rows", kind="table", columns=COLUMNS)
    assert "dropped" in run("rows") and "ann1@" not in run("rows")
    assert list(open_root(uri).objects.list("objects/")) == []
    (tmp_path / "plain.txt").mkdir()
    with pytest.raises(NotFound):
        columns.look(uri, str(tmp_path / "plain.txt"))
