"""A small corpus and a root of its own for every test that tells a story."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.seaweed import bucket, seaweed, shared_bucket  # noqa: F401 – fixtures
from tests.stories import PEOPLE, four, handbook

from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.access import principals

# The first call of a native loop compiles it: that is not the time that a property takes.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")


@pytest.fixture(scope="session", autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A proof of an erasure also searches our temporary folders: those of tests that run beside this one are not its own."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(tmp_path_factory.mktemp("temporary"))


@pytest.fixture(scope="session", autouse=True)
def small_corpora() -> None:
    """They need no pool of processes; and stories are about what is indexed, not about how near its vectors are."""
    os.environ |= {"MUNIMENT_CORES": "1", "MUNIMENT_ENCODER": "wordllama"}


@pytest.fixture(scope="session", autouse=True)
def no_power_cut() -> Iterator[None]:
    """What was written outlives a killed process without `fsync`, and no test cuts the power. Child processes call it as ever."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_children() -> None:
    """Hundreds of modules of ours that a child process imports are compiled once and not by each of them."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of four documents: one to accept, one to redact, a duplicate to reject, one without a licence to hold."""
    return four(tmp_path / "corpus")


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """Address of an empty root."""
    return str(tmp_path / "root")


@pytest.fixture
def register(uri: str) -> Callable[..., Source]:
    """Register and approve a folder source, with any field changed."""

    def make(location: Path, identifier: str = "handbook", **fields: object) -> Source:
        return handbook(uri, location, identifier, **fields)

    return make


@pytest.fixture
def people(uri: str) -> None:
    """Dana may read everything, a guest what is public."""
    principals.put_in_force(open_root(uri), PEOPLE)
