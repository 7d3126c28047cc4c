"""The licence database as it is installed."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from muniment.store import reference


def test_every_rule_has_words_and_an_spdx_expression_or_denies_one() -> None:
    table = reference.licence_texts()
    assert table.schema.equals(reference.RULE)
    rows = {row["rule"]: row for row in table.select(["rule", "expression", "kind"]).to_pylist()}
    assert rows["mit.LICENSE"] == {"rule": "mit.LICENSE", "expression": "MIT", "kind": "text"}
    assert rows["gpl-2.0-plus.LICENSE"]["expression"] == "GPL-2.0-or-later"
    assert len(rows) == table.num_rows > 30_000
    assert all((row["expression"] == "") == (row["kind"] == "false") for row in rows.values())


def numbers() -> dict[str, np.ndarray]:
    return {"a": np.arange(3), "b": np.array([], np.uint64), "c": np.array([0.5, 2.0])}


def test_what_is_slow_to_make_is_made_once(tmp_path: Path) -> None:
    calls = []

    def make() -> dict[str, np.ndarray]:
        calls.append(1)
        return numbers()

    for _ in range(2):
        arrays = reference.kept("x", make, tmp_path)
        assert {name: (array.dtype, array.tolist()) for name, array in arrays.items()} == {
            name: (array.dtype, array.tolist()) for name, array in numbers().items()
        }
    assert len(calls) == 1 and len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_not_whole_is_made_anew(tmp_path: Path) -> None:
    reference.kept("x", numbers, tmp_path)
    [file] = tmp_path.iterdir()
    for part in (file.read_bytes()[:-9], b""):
        file.unlink()
        file.write_bytes(part)
        assert reference.kept("x", numbers, tmp_path)["a"].tolist() == [0, 1, 2]


def test_of_processes_that_start_at_once_one_makes_what_all_read(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        found = list(processes.map(_kept_in, [tmp_path] * 4))
    assert len(set(found)) == 1


def _kept_in(folder: Path) -> int:
    """The process that made what is kept."""
    return int(reference.kept("x", _slowly, folder)["a"][0])


def _slowly() -> dict[str, np.ndarray]:
    time.sleep(0.5)
    return {"a": np.array([os.getpid()])}
