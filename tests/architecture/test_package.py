"""What is built is what is imported: one package, the linked folders in it, nothing beside it."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(TOP)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl"))).namelist()


def test_the_wheel_holds_every_module_under_one_package(wheel: list[str]) -> None:
    for folder in ("flows", "tasks", "schemas", "policies"):
        assert {f"muniment/{folder}/{path.name}" for path in (TOP / folder).glob("*.py")} <= set(wheel)
    outside = {name.split("/")[0] for name in wheel} - {"muniment"}
    assert all(name.endswith(".dist-info") for name in outside)


def test_the_wheel_holds_policies_types_and_the_command(wheel: list[str]) -> None:
    assert {
        "muniment/policies/default.toml",
        "muniment/policies/licence_table/choice.toml",
        "muniment/py.typed",
        "muniment/cli/__init__.py",
    } <= set(wheel)


def test_the_linked_folders_cannot_be_imported_by_their_own_names() -> None:
    code = "import importlib.util as u; print([n for n in ('flows', 'tasks', 'schemas', 'policies') if u.find_spec(n)])"
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_no_address_of_a_package_host_is_written_anywhere() -> None:
    hosts = ["py" + "pi.org", "python" + "hosted", "deb.de" + "bian", "npm" + "js."]
    tracked = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, tracked):
        path = TOP / name
        if path.is_file() and not path.is_symlink():
            text = path.read_text(errors="ignore")
            assert not any(host in text for host in hosts), name


def test_parts_of_arrow_are_imported_by_name() -> None:
    """`import pyarrow` alone does not bring them: they are there only while something else imported them."""
    for path in (path for folder in ("src", "flows", "tasks", "schemas", "policies") for path in (TOP / folder).rglob("*.py")):
        assert not re.search(r"\bpa\.(compute|parquet|dataset|csv)\b", path.read_text()), path


def test_the_layers_hold() -> None:
    checked = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=TOP, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
