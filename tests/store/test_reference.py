"""The licence database as it is installed."""

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


def test_what_is_slow_to_make_is_made_once(tmp_path: Path) -> None:
    calls = []

    def make() -> dict[str, np.ndarray]:
        calls.append(1)
        return {"a": np.arange(3)}

    for _ in range(2):
        assert reference.kept("x", make, tmp_path)["a"].tolist() == [0, 1, 2]
    assert len(calls) == 1 and len(list(tmp_path.iterdir())) == 1
