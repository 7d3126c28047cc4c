"""A retrieval collection from a folder: documents, queries, judgements; and the indexes that the product would build of it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from muniment.core.chunks import CHUNKER, chunk
from muniment.errors import Corrupt, NotFound
from muniment.evaluate.metrics import Metrics, count, under
from muniment.evaluate.records import Labelled, records
from muniment.evaluate.report import measured
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.store.encoders import Encoder, encoder
from muniment.store.vectors import VectorIndex, build
from muniment.tasks.index.words import worded
from muniment.tasks.search.lexical import Lexicon
from muniment.tasks.search.rank import Positions, Scores, Sides

Mask = npt.NDArray[np.bool_]
DEPTH = 300  # passages taken of each ranking


class Judgement(NamedTuple):
    """A document that answers a query; with a span, only the passage that holds the answer does."""

    query: int
    document: str
    gain: float
    span: tuple[int, int] | None


@dataclass(frozen=True)
class Collection:
    """Documents as promoted (schema PROMOTED), the texts of the queries, and what is right."""

    documents: pa.Table
    queries: list[str]
    judgements: list[Judgement]


def collection(data: Sequence[Path], acl: Mapping[str, list[str]] | None = None) -> Collection:
    """Read one folder: `corpus.jsonl` and `qrels.tsv` or `qrels_test.tsv` (BEIR form), or `docs.jsonl` with answer offsets in
    `queries.jsonl`. `acl` gives the groups of each document; one that it lacks has none. Queries without a judgement are left out.

    Raises `NotFound` and `Corrupt`.
    """
    if len(data) != 1 or not data[0].is_dir():
        raise NotFound("A retrieval collection is one folder.", "Give a folder with corpus.jsonl or docs.jsonl, and queries.jsonl.")
    folder = data[0]
    asked = records([folder / "queries.jsonl"], ["_id", "text"])
    spans = (folder / "docs.jsonl").is_file()
    documents = records([folder / ("docs.jsonl" if spans else "corpus.jsonl")], ["_id", "text"])
    judged = _answers(asked) if spans else _qrels(folder)
    kept = [row for row in asked if row["_id"] in judged]
    judgements = [Judgement(number, *rest) for number, row in enumerate(kept) for rest in judged[row["_id"]]]
    return Collection(_promoted(documents, acl), [row["text"] for row in kept], judgements)


class Indexed:
    """A collection's passages, and the dense and lexical index over them; `metrics` says how fast they were made."""

    def __init__(self, documents: pa.Table, name: str) -> None:
        texts = documents["text"].to_pylist()
        self.encoder: Encoder = encoder(name)
        self.chunks, cutting = measured(lambda: chunk(documents), len(texts), _bytes(texts))
        passages = self.chunks["text"].to_pylist()
        size = _bytes(passages)
        self.vectors, encoding = measured(lambda: self.encoder.encode(passages), len(passages), size)
        self.words, indexing = measured(lambda: lexicon(self.chunks), len(passages), size)
        payload = build(self.vectors)
        self.index = VectorIndex.open(payload, sha256(payload))
        lengths = self.encoder.lengths(passages)
        truncated = 0 if self.encoder.limit is None else int((lengths > self.encoder.limit).sum())
        speeds = under("chunk", cutting) | under("encode", encoding) | under("lexical.index", indexing)
        counts = {"documents": count(len(texts)), "chunks": count(len(passages)), "chunks.truncated": count(truncated)}
        self.metrics: Metrics = counts | speeds

    @property
    def systems(self) -> list[dict[str, str]]:
        """What was measured."""
        name, version = CHUNKER.split("@")
        cut = {"name": name, "version": version, "digest": digest(CHUNKER)}
        return [cut, {"name": self.encoder.name, "version": self.encoder.version, "digest": self.encoder.digest}]

    def sides(self, query: str, allowed: Mask | None, k: int = DEPTH) -> Sides:
        """What words and vectors find."""
        return Sides(self.lexical(query, allowed, k), self.dense(query, allowed, k))

    def dense(self, query: str, allowed: Mask | None, k: int = DEPTH) -> tuple[Scores, Positions]:
        """Cosines and positions of the nearest passages."""
        scores, positions = self.index.search(self.encoder.encode([query]), k, allowed)
        return scores[0].astype(np.float64), positions[0]

    def lexical(self, query: str, allowed: Mask | None, k: int = DEPTH) -> tuple[Scores, Positions]:
        """Shares of the best possible score, and positions of the passages that score best for the query's words."""
        found = self.words.search(query, k, allowed)
        return found.scores / max(found.ideal, 1e-300), found.positions


def lexicon(chunks: pa.Table) -> Lexicon:
    """The words of passages, as an index holds them."""
    return Lexicon([worded(chunks)], [chunks.num_rows], chunks["language"])


def _answers(queries: list[Labelled]) -> dict[str, list[tuple[str, float, tuple[int, int]]]]:
    judged: dict[str, list[tuple[str, float, tuple[int, int]]]] = {}
    for row in queries:
        if missing := {"doc_id", "answer_start", "answer_end"} - row.keys():
            raise Corrupt(f"A query lacks {', '.join(sorted(missing))}.", "Give the answer's document and offsets.")
        judged.setdefault(row["_id"], []).append((row["doc_id"], 1.0, (row["answer_start"], row["answer_end"])))
    return judged


def _qrels(folder: Path) -> dict[str, list[tuple[str, float, None]]]:
    path = next((path for name in ("qrels.tsv", "qrels_test.tsv") if (path := folder / name).is_file()), None)
    if path is None:
        raise NotFound(f"There is no qrels.tsv in {folder.name}.", "Give judgements in BEIR form: query-id, corpus-id, score.")
    judged: dict[str, list[tuple[str, float, None]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not {"query-id", "corpus-id", "score"} <= row.keys():
                raise Corrupt(f"{path.name} lacks a column.", "Give query-id, corpus-id and score, tab-separated, with a header.")
            if float(row["score"]) > 0:
                judged.setdefault(row["query-id"], []).append((row["corpus-id"], float(row["score"]), None))
    return judged


def _promoted(documents: list[Labelled], acl: Mapping[str, list[str]] | None) -> pa.Table:
    """Documents as they would stand in a snapshot."""
    plain = {
        "source_id": "collection", "owner": "evaluation", "classification": "public", "tenant": "default", "media_type": "text/plain",
        "rights": "unverified", "tags": [], "reserved": [], "action": "accept", "reasons": [], "redactions": 0, "splices": [],
    }  # fmt: skip
    rows = [
        plain
        | {"doc_id": row["_id"], "native_key": row["_id"], "title": row.get("title") or row["_id"], "text": row["text"]}
        | {"text_hash": sha256(row["text"].encode()), "acl": [] if acl is None else acl.get(row["_id"], [])}
        for row in documents
    ]
    return pa.Table.from_pylist(rows, schema=PROMOTED)


def _bytes(texts: list[str]) -> int:
    return sum(len(text.encode()) for text in texts)
