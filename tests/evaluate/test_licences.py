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
    assert metrics["train"] == metrics["kind.web.train"] == 1 and "kind.file.train" not in metrics
    assert [system["name"] for system in report["systems"]] == ["licences", "optouts"]


def test_declared_strings_are_scored_in_the_same_way(tmp_path: Path) -> None:
    rows = [("MIT License", "MIT"), ("BSD", None), ("CC BY 4.0", "CC-BY-4.0"), ("other", "MIT")]
    data = tmp_path / "declared.jsonl"
    data.write_text("\n".join(json.dumps({"id": said, "declared": said, "expected": due}) for said, due in rows))
    metrics = run("licences", [data])["metrics"]
    assert metrics["exact"] == 3 / 4 and metrics["any"] == pytest.approx(2 / 3) and metrics["false_alarms"] == 0


def test_training_is_judged_by_headers_markup_and_the_files_of_the_site(tmp_path: Path) -> None:
    page = "<html><head>{}</head><body><p>A page of some length.</p></body></html>"
    robots = {"/robots.txt": "User-agent: GPTBot\nDisallow: /"}
    rows = [
        ("deny", {"text": page.format('<meta name="robots" content="noai">')}),
        ("deny", {"text": page.format(""), "headers": {"X-Robots-Tag": "noai"}}),
        ("deny", {"text": page.format(""), "site": robots}),
        (
            "deny",
            {
                "text": page.format(""),
                "site": {"tdmrep.json": [{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://x.example/p"}]},
            },
        ),
        ("allow", {"text": page.format(""), "headers": {"Content-Usage": "train-ai=y"}}),
        ("unspecified", {"text": page.format(""), "site": {"/robots.txt": "User-agent: *\nDisallow: /admin/"}}),
        ("unspecified", {"text": page.format(""), "site": robots}),
    ]
    data = tmp_path / "web.jsonl"
    records = [{"id": str(number), "expected": [], "kind": due, "train": due, **row} for number, (due, row) in enumerate(rows)]
    data.write_text("\n".join(map(json.dumps, records)))
    metrics = run("licences", [data])["metrics"]
    assert metrics["kind.deny.train"] == metrics["kind.allow.train"] == 1 and metrics["kind.unspecified.train"] == 1 / 2
    assert metrics["train"] == pytest.approx(6 / 7)
