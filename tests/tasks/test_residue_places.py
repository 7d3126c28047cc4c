"""Where the verifier is sent to look, and what becomes of a place that is gone when it comes there."""

import tempfile
from pathlib import Path

import pytest

from muniment.store.root import open_root
from muniment.tasks.erasure import residue
from muniment.tasks.service import home
from muniment.verifiers.residue.make import Maker


def test_the_database_of_the_service_of_a_root_in_a_bucket_is_searched_whether_it_runs_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    assert residue._prefect("s3://bucket/root") == [home("s3://bucket/root")]
    assert home("s3://bucket/root").is_relative_to(tmp_path)


def test_a_temporary_folder_that_went_away_meanwhile_is_no_place_that_could_not_be_read_but_a_backup_is(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, maker = open_root(uri), Maker()
    maker.ids(["f" * 32])
    temporary, copy = f"{tempfile.gettempdir()}/muniment-that-has-ended", str(tmp_path / "copy")
    monkeypatch.setattr(residue, "places", lambda root: [root.uri, temporary, copy])
    assert list(residue.look(root, maker.made()).unread) == [copy]


def test_a_file_of_another_process_that_went_away_meanwhile_was_not_left_unread(tmp_path: Path) -> None:
    folder = Path(tempfile.gettempdir()).resolve() / "muniment-still-there"
    folder.mkdir()
    (folder / "kept").write_bytes(b"")
    assert residue._went_away(str(folder / "gone")) and not residue._went_away(str(folder / "kept"))
    assert not residue._went_away(str(tmp_path / "muniment-elsewhere" / "gone"))
