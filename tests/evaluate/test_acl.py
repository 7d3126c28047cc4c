"""`muniment eval acl`: the check itself must see a leak and a loss, so both are made here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from muniment.errors import NotFound
from muniment.evaluate import acl, run
from muniment.store.vectors import VectorIndex

SUBJECTS = ["tide", "bread", "court", "garden", "train", "violin", "harbour", "winter"]


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """200 documents; group `half` reads every second, `few` three, `listed` none that exists; documents from 190 on are nobody's."""
    texts = [f"Note {number} on the {SUBJECTS[number % 8]} and the {SUBJECTS[number // 8 % 8]}." for number in range(200)]
    lines(tmp_path / "corpus.jsonl", [{"_id": f"d{number}", "title": "", "text": text} for number, text in enumerate(texts)])
    lines(tmp_path / "queries.jsonl", [{"_id": name, "text": f"about the {name}"} for name in SUBJECTS])
    judged = "".join(f"{name}\td{number}\t1\n" for number, name in enumerate(SUBJECTS))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    groups = [["half"] * (number % 2 == 0) + ["few"] * (number < 3) for number in range(190)]
    lines(tmp_path / "acl.jsonl", [{"doc": f"d{number}", "groups": held} for number, held in enumerate(groups)])
    users = {"ada": ["half"], "bob": ["few"], "eve": [], "dan": ["listed"], "both": ["half", "few"]}
    lines(tmp_path / "users.jsonl", [{"user": name, "groups": held} for name, held in users.items()])
    return tmp_path


def test_nobody_sees_what_they_may_not_and_everybody_finds_all_they_may(folder: Path) -> None:
    metrics = run("acl", [folder])["metrics"]
    assert metrics["users"] == 5
    assert (metrics["leaks"], metrics["wrong"]) == (0, 0)
    assert (metrics["dense.recall"], metrics["lexical.recall"]) == (1, 1)
    assert metrics["le10pct.dense.recall"] == metrics["le50pct.dense.recall"] == 1


def test_a_search_that_forgets_the_mask_is_caught(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = VectorIndex.search
    monkeypatch.setattr(VectorIndex, "search", lambda self, queries, k, allowed: search(self, queries, k, None))
    assert run("acl", [folder])["metrics"]["leaks"] > 0


def test_a_mask_that_is_too_wide_is_caught(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acl, "allowed", lambda chunks, principal: np.ones(chunks.num_rows, bool))
    metrics = run("acl", [folder])["metrics"]
    assert metrics["wrong"] > 0
    assert metrics["leaks"] > 0


def test_filtering_afterwards_is_caught_as_a_loss(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = VectorIndex.search

    def afterwards(self: VectorIndex, queries: np.ndarray, k: int, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, positions = search(self, queries, k, None)
        return scores[:, allowed[positions[0]]], positions[:, allowed[positions[0]]]

    monkeypatch.setattr(VectorIndex, "search", afterwards)
    metrics = run("acl", [folder])["metrics"]
    assert metrics["leaks"] == 0
    assert metrics["le10pct.dense.recall"] < 0.9


def test_a_folder_without_access_lists_is_refused(folder: Path) -> None:
    (folder / "acl.jsonl").unlink()
    with pytest.raises(NotFound, match=r"acl\.jsonl"):
        run("acl", [folder])
