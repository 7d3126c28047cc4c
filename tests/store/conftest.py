"""Both back ends of the object store: a folder always, a real SeaweedFS where the S3 tests run."""

from pathlib import Path

import pytest
from tests.roots import BACK_ENDS, address

from muniment.store.backends import open_objects
from muniment.store.objects import Objects


@pytest.fixture(params=BACK_ENDS)
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on each back end."""
    return address(request, tmp_path, monkeypatch)


@pytest.fixture
def objects(uri: str) -> Objects:
    """An empty object store on each back end."""
    return open_objects(uri)
