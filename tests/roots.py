"""Roots on each back end: a folder always, a real SeaweedFS where the S3 tests run."""

from pathlib import Path
from uuid import uuid4

import pytest

BACK_ENDS = ("folder", pytest.param("s3", marks=pytest.mark.s3))
on_a_folder = pytest.mark.parametrize("uri", ["folder"], indirect=True)


def address(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on the back end that the fixture was asked for."""
    if request.param == "folder":
        return str(folder / "root")
    monkeypatch.setenv("MUNIMENT_KEYRING", str(folder / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    return f"s3://{request.getfixturevalue('shared_bucket')}/{uuid4().hex}/root"
