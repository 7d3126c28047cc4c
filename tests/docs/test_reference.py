"""Documentation that is generated, or that names what must exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import app

TOP = Path(__file__).parents[2]


def test_the_reference_is_what_the_code_says() -> None:
    checked = subprocess.run([sys.executable, TOP / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_command_of_the_readme_exists() -> None:
    lines = re.findall(r"^muniment (\w+)(?: (\w+))?", (TOP / "README.md").read_text(), re.MULTILINE)
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for first, second in lines:
        assert first in commands, first
        group = getattr(commands[first], "commands", None)
        assert group is None or second in group, (first, second)


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    for page in [TOP / "README.md", *(TOP / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), (page, target)


@pytest.mark.parametrize(
    "command", ["", "source", "source add", "capture", "review", "search", "erase", "lineage sql", "policy try", "eval"]
)
def test_help_is_there_for_every_command(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0 and "Usage" in shown.output
