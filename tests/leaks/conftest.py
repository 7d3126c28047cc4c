"""Tries are counted by the path that they try; the count is printed at the end."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.leaks import world
from tests.leaks.world import Doc

TRIES: Counter[str] = Counter()
QUICK, HALF, WHOLE = 1, pytest.param(8, marks=pytest.mark.slow), pytest.param(16, marks=pytest.mark.slow)


@pytest.fixture
def tried() -> Counter[str]:
    """Where a test counts its tries."""
    return TRIES


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two roots with the same corpus, one of them with secrets in it besides; ids are the same in both, so that ties are in the same order."""
    folder: Path = tmp_path_factory.mktemp("leaks")
    with_secrets, without = str(folder / "with"), str(folder / "without")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MUNIMENT_CORES", "1")
        world.build(with_secrets, [*world.ordinary(), *SECRETS])
        (folder / "without" / "keys").mkdir(parents=True)
        shutil.copyfile(folder / "with" / "keys" / "keyring.json", folder / "without" / "keys" / "keyring.json")
        world.build(without, world.ordinary())
    return with_secrets, without


def kinds(number: int) -> list[Doc]:
    """One secret of each kind: by its groups beside what everybody reads, by classification, by tenant, and by all of it."""
    return [
        world.secret(4 * number, ("board",), "internal"),
        world.secret(4 * number + 1, ("staff", "everyone"), "restricted"),
        world.secret(4 * number + 2, ("staff", "everyone"), "internal", "acme"),
        world.secret(4 * number + 3, ("board",), "restricted", "acme"),
    ]


SECRETS = [secret for number in range(16) for secret in kinds(number)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tries each path had."""
    if TRIES:
        terminalreporter.write_line(f"leak tries: {sum(TRIES.values())}")
        for path, count in sorted(TRIES.items()):
            terminalreporter.write_line(f"  {count:6d}  {path}")
