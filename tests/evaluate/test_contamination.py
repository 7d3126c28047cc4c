"""The contamination evaluation on items planted in known forms."""

import json
from pathlib import Path

import pytest

from muniment.errors import NotFound
from muniment.evaluate import run
from muniment.evaluate.report import Options

QUESTION = "Which of the four pumps must be primed by hand before the upper tank can be filled from the lower one?"
FILLER = "The committee met on the second day and agreed upon several unrelated matters of procedure. "


def lines(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_recall_is_told_by_form_and_a_miss_counts(tmp_path: Path) -> None:
    documents = {"v": QUESTION, "e": FILLER * 5 + QUESTION + FILLER, "m": FILLER, "w": QUESTION.replace(" ", "\n")}
    data = lines(tmp_path / "documents.jsonl", [{"id": name, "text": text} for name, text in documents.items()])
    suite = lines(tmp_path / "pumps.jsonl", [{"id": "q1", "question": QUESTION, "answer": "the third"}])
    forms = {"v": "verbatim", "e": "embedded", "m": "paraphrase"}
    truth = lines(
        tmp_path / "truth.jsonl", [{"doc": doc, "item": "q1", "form": form, "part": "question"} for doc, form in forms.items()]
    )
    metrics = run("contamination", [data], Options(suite=suite, truth=truth))["metrics"]
    assert metrics["form.verbatim.recall"] == 1 and metrics["form.embedded.recall"] == 1 and metrics["form.paraphrase.recall"] == 0
    assert metrics["recall"] == pytest.approx(2 / 3) and metrics["precision"] == pytest.approx(2 / 3)  # w is a hit no line knows


def test_without_items_there_is_nothing_to_score(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="--suite"):
        run("contamination", [tmp_path / "documents.jsonl"])
