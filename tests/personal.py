"""Tables of texts, and the labelled data where it is there: what the tests of personal data share."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from muniment.core import personal

SHARED = Path(os.environ.get("MUNIMENT_DATA", Path(__file__).parents[2] / "shared" / "data"))
LABELLED = SHARED / "pii"
CORPUS = SHARED / "corpus" / "docs.parquet"
needs_labelled = pytest.mark.skipif(not LABELLED.is_dir(), reason="needs labelled data")
needs_corpus = pytest.mark.skipif(not CORPUS.is_file(), reason="needs a corpus")
FILES = ("presidio_synth_v2", "presidio_generated_large", "meddocan_dev_es", "secrets_credsweeper")
DETECTOR = personal.detector(b"a key")


def table(*texts: str) -> pa.Table:
    """Documents of these texts; their ids sort as the texts are given."""
    ids = [f"{number:05d}" for number in range(len(texts))]
    return pa.table({"doc_id": pa.array(ids, pa.string()), "text": pa.array(texts, pa.large_string())})


def records(name: str) -> list[dict[str, Any]]:
    """The documents of one labelled file."""
    with gzip.open(LABELLED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def corpus(count: int) -> list[str]:
    """So many texts of the corpus, evenly spread."""
    texts = pl.read_parquet(CORPUS, columns=["text"])["text"]
    return texts.gather_every(max(1, len(texts) // count))[:count].to_list()


def found(*texts: str) -> list[tuple[str, str, float]]:
    """Type, value and score of what is found, in the order of the evidence."""
    rows = DETECTOR.detect(table(*texts)).to_pylist()
    return [(row["type"], texts[int(row["doc_id"])][row["start"] : row["end"]], round(row["score"], 2)) for row in rows]


def kinds(text: str) -> set[str]:
    """Types of what is found in one text."""
    return {kind for kind, _, _ in found(text)}
