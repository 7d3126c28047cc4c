"""The duplicates evaluation on known pairs and clusters, and on the labelled corpus where it is there."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.adversarial import boilerplate, invoices
from tests.twins import DEFAULT, PLAIN, table

from muniment.core import twins
from muniment.errors import NotFound
from muniment.evaluate import run
from muniment.evaluate.report import Options
from muniment.evaluate.twins import decide, decisions
from muniment.policies.duplicates import Duplicates

DATA = Path(os.environ.get("MUNIMENT_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "twins" / "versioned"
BASE = " ".join(f"word{number:03}" for number in range(100))
DOCUMENTS = {"a": BASE, "b": BASE + " more", "c": " ".join(f"other{number:03}" for number in range(100)), "d": BASE.upper()}


def lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return lines(tmp_path / "documents.jsonl", [{"id": name, "text": text} for name, text in DOCUMENTS.items()])


def test_found_pairs_are_recalled_and_missed_ones_are_not(documents: Path, tmp_path: Path) -> None:
    pairs = [("a", "b", 0.99), ("a", "d", 1.0), ("b", "d", 0.99), ("a", "c", 0.9), ("c", "d", 0.4)]
    truth = lines(tmp_path / "pairs.jsonl", [{"a": a, "b": b, "jaccard": jaccard} for a, b, jaccard in pairs])
    metrics = run("twins", [documents], Options(truth=truth))["metrics"]
    assert metrics["pairs"] == 4 and metrics["removed"] == 2
    assert metrics["recall"] == 1.0 and metrics["precision"] == 1.0  # (a, c) is wrong truth, but a is removed for the sake of b


def test_clusters_are_scored_by_pairs(documents: Path, tmp_path: Path) -> None:
    truth = lines(
        tmp_path / "clusters.jsonl", [{"id": name, "cluster": cluster} for name, cluster in zip("abcd", "xxxy", strict=True)]
    )
    metrics = run("twins", [documents], Options(truth=truth))["metrics"]
    assert metrics["precision"] == 1 / 3 and metrics["recall"] == 1 / 3 and metrics["ari"] == pytest.approx(-1 / 3)


@pytest.mark.parametrize("policy", [PLAIN, DEFAULT], ids=["plain", "default"])
def test_decisions_on_a_file_are_those_on_the_table(tmp_path: Path, policy: Duplicates) -> None:
    texts = [*boilerplate([8] * 2000, 168), *invoices(300), *boilerplate([30] * 300, 168)]
    documents = table(texts).append_column("more", pa.array(range(len(texts))))
    pq.write_table(documents, tmp_path / "documents.parquet", row_group_size=700)
    found = decisions(tmp_path / "documents.parquet", policy)
    assert found.equals(decide(twins.detector(policy.ngrams).detect(documents), lambda: iter([documents]), policy))
    assert found.num_rows >= 1999


def test_without_truth_there_is_nothing_to_score(documents: Path) -> None:
    with pytest.raises(NotFound, match="--truth"):
        run("twins", [documents])


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled corpus is not here")
def test_nearly_all_known_duplicates_are_found_and_nothing_else() -> None:
    metrics = run("twins", [DATA / "docs.parquet"], Options(truth=DATA / "pairs.parquet"))["metrics"]
    assert metrics["recall"] >= 0.999 and metrics["precision"] == 1.0
