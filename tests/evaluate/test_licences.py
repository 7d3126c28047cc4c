"""The licence evaluation on a handful of documents whose outcome is known."""

import json
from pathlib import Path

import pytest

from muniment.evaluate import run

CC = '<html><head><link rel="license" href="https://creativecommons.org/licenses/by-nc/4.0/"></head><body><p>A page of some length.</p></body></html>'


def test_right_wrong_and_needless_conclusions_are_told_apart(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "kind": "file", "expected": ["MIT"], "text": "# SPDX-License-Identifier: MIT"},
        {"id": "2", "kind": "file", "expected": ["CC-BY-NC-4.0"], "text": "# SPDX-License-Identifier: MIT"},
        {"id": "3", "kind": "none", "expected": [], "text": "# SPDX-License-Identifier: MIT"},
        {"id": "4", "kind": "none", "expected": [], "text": "Nothing."},
        {"id": "5", "kind": "web", "expected": ["CC-BY-NC-4.0"], "text": CC, "train": "unspecified"},
    ]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)))
    report = run("licences", [data])
    metrics = report["metrics"]
    assert metrics["exact"] == 3 / 5 and metrics["any"] == 2 / 3 and metrics["tags"] == 2 / 3
    assert metrics["open_error"] == 1 / 2 and metrics["false_alarms"] == 1
    assert metrics["kind.web.exact"] == 1 and metrics["kind.file.exact"] == 1 / 2
    assert {"name": "train", "version": "not built", "digest": ""} in report["systems"]
    assert "train" not in metrics


def test_declared_strings_are_scored_in_the_same_way(tmp_path: Path) -> None:
    rows = [("MIT License", "MIT"), ("BSD", None), ("CC BY 4.0", "CC-BY-4.0"), ("other", "MIT")]
    data = tmp_path / "declared.jsonl"
    data.write_text("\n".join(json.dumps({"id": said, "declared": said, "expected": due}) for said, due in rows))
    metrics = run("licences", [data])["metrics"]
    assert metrics["exact"] == 3 / 4 and metrics["any"] == pytest.approx(2 / 3) and metrics["false_alarms"] == 0
