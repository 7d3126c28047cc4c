"""Both back ends of the object store: a folder always, a real SeaweedFS where the S3 tests run."""

from pathlib import Path
from uuid import uuid4

import pytest

from muniment.store.backends import open_objects
from muniment.store.objects import Objects


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on each back end."""
    if request.param == "folder":
        return str(tmp_path / "root")
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return f"s3://{request.getfixturevalue('shared_bucket')}/{uuid4().hex}/prefix"


@pytest.fixture
def objects(uri: str) -> Objects:
    """An empty object store on each back end."""
    return open_objects(uri)
