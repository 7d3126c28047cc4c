"""Plant a copy in every place where one can be: the verifier finds each, and nothing in a folder that is clean."""

from pathlib import Path

import pytest
from tests.drills import planted

from muniment.verifiers.residue.make import Maker
from muniment.verifiers.residue.needles import Needles
from muniment.verifiers.residue.report import Report, Task, look_through


@pytest.fixture(scope="module")
def needles() -> Needles:
    """What is known of the one document."""
    maker = Maker()
    maker.ids([planted.ID])
    maker.text(planted.TEXT)
    maker.text(planted.FOREIGN)
    maker.name(planted.NAME)
    maker.vectors(planted.VECTOR)
    return maker.made()


def look(folder: Path, needles: Needles) -> Report:
    return look_through([str(folder)], Task(needles))


@pytest.mark.parametrize("place", planted.PLACES)
def test_a_copy_is_found(place: str, needles: Needles, tmp_path: Path) -> None:
    plant, trace = planted.PLACES[place]
    plant(tmp_path)
    report = look(tmp_path, needles)
    assert trace in {each.trace for each in report.residue}, report
    assert not report.unread


@pytest.mark.parametrize("place", planted.PLACES)
def test_nothing_is_found_where_something_else_lies(place: str, tmp_path: Path) -> None:
    planted.PLACES[place].plant(tmp_path)
    maker = Maker()
    maker.ids([planted.ID[::-1]])
    maker.text(planted.TEXT[::-1])
    maker.name(planted.NAME[::-1])
    maker.vectors(-planted.VECTOR)
    assert look(tmp_path, maker.made()).clean
