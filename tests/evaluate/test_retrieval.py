"""`muniment eval retrieval`: figures worked out by hand on a small collection, and the real collections where they are there."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from muniment.errors import Corrupt, NotFound
from muniment.evaluate import run
from muniment.evaluate.collection import Indexed, collection
from muniment.evaluate.report import Options
from muniment.evaluate.retrieval import _figures, judged

DATA = Path(os.environ.get("MUNIMENT_DATA", "../shared/data")) / "retrieval"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs MUNIMENT_DATA")
TOPICS = {
    "bread": "Knead the dough, let it rise, and bake the bread.",
    "tide": "The tide rises twice a day.",
    "law": "The court heard an appeal.",
}


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    lines(tmp_path / "corpus.jsonl", [{"_id": name, "title": name, "text": text} for name, text in TOPICS.items()])
    queries = {"q1": "How is bread baked?", "q2": "appeal before a court", "unjudged": "anything"}
    lines(tmp_path / "queries.jsonl", [{"_id": name, "text": text} for name, text in queries.items()])
    (tmp_path / "qrels_test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tbread\t1\nq1\tlaw\t0\nq2\tlaw\t2\n")
    return tmp_path


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    filler = " ".join(f"Sentence {number} is about nothing at all." for number in range(60))
    text = f"{filler} The heron nests in March. {filler}"
    start = text.index("The heron")
    lines(tmp_path / "docs.jsonl", [{"_id": "long", "text": text}, {"_id": "other", "text": "A heron is a bird."}])
    query = {"_id": "q", "text": "When does the heron nest?", "doc_id": "long", "answer_start": start, "answer_end": start + 26}
    lines(tmp_path / "queries.jsonl", [query])
    return tmp_path


def test_an_easy_collection_is_answered_by_every_way_to_search(beir: Path) -> None:
    report = run("retrieval", [beir])
    for way in ("dense", "lexical", "hybrid"):
        for figure in ("ndcg10", "recall10", "recall100", "mrr"):
            assert report["metrics"][f"{way}.{figure}"] == pytest.approx(1.0)
        assert report["metrics"][f"{way}.latency.p50_ms"] > 0
    assert report["metrics"]["queries"] == 2  # the unjudged one says nothing
    assert [system["name"] for system in report["systems"]] == ["structure", "wordllama"]


def test_a_passage_is_right_when_it_holds_half_of_the_answer(answers: Path) -> None:
    read = collection([answers])
    indexed = Indexed(read.documents, "wordllama")
    units, due = judged(read, indexed)
    texts = indexed.chunks["text"].to_pylist()
    assert units.tolist() == list(range(len(texts)))
    assert len(texts) > 5
    held = [texts[unit] for unit in due[0]]
    assert held
    assert all("heron nests" in text for text in held)
    assert run("retrieval", [answers])["metrics"]["lexical.recall10"] == 1.0


def test_documents_are_ranked_by_their_best_passage(beir: Path) -> None:
    long = " ".join(f"Sentence {number} is about the tide." for number in range(200))
    lines(beir / "corpus.jsonl", [{"_id": "long", "text": long}, {"_id": "bread", "text": TOPICS["bread"]}])
    (beir / "qrels_test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tbread\t1\n")
    read = collection([beir])
    indexed = Indexed(read.documents, "wordllama")
    units, due = judged(read, indexed)
    assert len(units) > 10
    assert len(set(units.tolist())) == 2
    assert due == [{0: 1.0}]  # documents are numbered by id: bread, long
    assert run("retrieval", [beir])["metrics"]["lexical.ndcg10"] == 1.0


@pytest.mark.parametrize(
    ("ranked", "due", "expected"),
    [
        ([3, 1, 2], {3: 1.0}, [1.0, 1.0, 1.0, 1.0]),
        ([1, 3, 2], {3: 1.0}, [1 / np.log2(3), 1.0, 1.0, 0.5]),
        ([1, 1, 1, 3], {3: 1.0}, [1 / np.log2(3), 1.0, 1.0, 0.5]),
        ([1, 2], {1: 1.0, 2: 3.0}, [(1 + 3 / np.log2(3)) / (3 + 1 / np.log2(3)), 1.0, 1.0, 1.0]),
        ([*range(50), 99], {99: 1.0, 0: 1.0}, [1 / (1 + 1 / np.log2(3)), 0.5, 1.0, 1.0]),
        ([1, 2], {}, [0.0, 0.0, 0.0, 0.0]),
        ([], {1: 1.0}, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_the_figures_are_those_of_their_definitions(ranked: list[int], due: dict[int, float], expected: list[float]) -> None:
    assert _figures(np.array(ranked, np.int64), due) == pytest.approx(expected)


def test_what_is_no_collection_is_refused_with_what_it_lacks(beir: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="one folder"):
        run("retrieval", [beir / "corpus.jsonl"])
    (beir / "qrels_test.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(Corrupt, match="lacks a column"):
        run("retrieval", [beir])
    (beir / "qrels_test.tsv").unlink()
    with pytest.raises(NotFound, match=r"no qrels\.tsv"):
        run("retrieval", [beir])


def test_an_unknown_encoder_is_refused(beir: Path) -> None:
    with pytest.raises(NotFound, match="no encoder"):
        run("retrieval", [beir], Options(encoder="nothing"))


def test_variants_are_measured_beside_the_exact_index_through_the_files_that_the_product_builds(tmp_path: Path) -> None:
    words = [
        f"{first}{second}" for first in ("ka", "lo", "mi", "ru", "te", "vo", "za") for second in ("ben", "dor", "fin", "gal", "hut")
    ]
    rows = [" ".join(words[(number * step) % len(words)] for step in range(1, 12)) + f" page {number}" for number in range(2100)]
    lines(tmp_path / "corpus.jsonl", [{"_id": f"d{number:04}", "text": text} for number, text in enumerate(rows)])
    lines(tmp_path / "queries.jsonl", [{"_id": f"q{number}", "text": rows[number]} for number in range(0, 2100, 50)])
    judged = "".join(f"q{number}\td{number:04}\t1\n" for number in range(0, 2100, 50))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    metrics = run("retrieval", [tmp_path], Options(variants=("ivf-sq8",)))["metrics"]
    assert {name.split(".")[1] for name in metrics if name.startswith("variant.")} == {"exact", "ivf-sq8"}
    assert metrics["variant.exact.held"] == metrics["variant.ivf-sq8.held"] == metrics["variant.exact.found"] == 1.0
    assert metrics["variant.exact.dense.ndcg10"] == pytest.approx(metrics["dense.ndcg10"], abs=1e-6)
    assert metrics["variant.ivf-sq8.mb"] < metrics["variant.exact.mb"] / 2 and metrics["variant.ivf-sq8.found"] > 0.9
    for way in ("dense", "hybrid"):
        change = metrics[f"variant.ivf-sq8.{way}.ndcg10"] - metrics[f"variant.exact.{way}.ndcg10"]
        assert metrics[f"variant.ivf-sq8.{way}.change"] == pytest.approx(change) and metrics[f"variant.exact.{way}.change"] == 0.0


def test_a_collection_too_small_for_a_variant_says_that_nothing_lies_in_it(beir: Path) -> None:
    metrics = run("retrieval", [beir], Options(variants=("all",)))["metrics"]
    for kind in ("ivf-flat", "ivf-sq8", "ivf-rabitq4", "hnsw"):
        assert metrics[f"variant.{kind}.held"] == 0.0
        assert metrics[f"variant.{kind}.dense.ndcg10"] == metrics["variant.exact.dense.ndcg10"] == 1.0
    with pytest.raises(NotFound, match="No variant is called faster"):
        run("retrieval", [beir], Options(variants=("faster",)))


@needs_data
@pytest.mark.parametrize(("name", "lexical", "dense"), [("squad", 0.889, 0.70), ("covidqa", 0.648, 0.36)])
def test_real_questions_are_answered_as_well_as_before(name: str, lexical: float, dense: float) -> None:
    metrics = run("retrieval", [DATA / name])["metrics"]
    assert metrics["lexical.ndcg10"] >= lexical
    assert metrics["chosen.ndcg10"] >= metrics["lexical.ndcg10"] - 0.001
    assert metrics["dense.ndcg10"] >= dense
    assert metrics["unheld"] == 0
