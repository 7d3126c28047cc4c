"""Vectors to measure on: of real passages where there are texts, or of made clusters."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from muniment.store.encoders import encoder

DIMENSION = 384
_WINDOW = 120  # words of a passage


def vectors(count: int, documents: Path | None, keep: Path | None) -> tuple[np.ndarray, np.ndarray, str]:
    """`count` unit vectors, 500 queries (both of 384 components), and what they are."""
    if documents is None:
        return *_clusters(count), "clusters in clusters of normal vectors"
    kept = keep / f"vectors-{count}.npz" if keep else None
    if kept and kept.exists():
        held = np.load(kept)
        return held["rows"], held["queries"], str(held["what"])
    rows, queries = _passages(count, documents)
    what = f"wordllama vectors of passages of {documents.name}, turned into 384 components by a fixed isometry; queries are a few words of some"
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, rows=rows, queries=queries, what=what)
    return rows, queries, what


def _clusters(count: int) -> tuple[np.ndarray, np.ndarray]:
    drawn = np.random.default_rng(0)
    subjects = drawn.standard_normal((40, DIMENSION), np.float32)
    topics = 0.9 * subjects[drawn.integers(0, 40, 4000)] + drawn.standard_normal((4000, DIMENSION), np.float32)
    rows = 0.6 * topics[drawn.integers(0, 4000, count)] + drawn.standard_normal((count, DIMENSION), np.float32)
    queries = rows[drawn.integers(0, count, 500)] + 1.2 * drawn.standard_normal((500, DIMENSION), np.float32)
    return _unit(rows), _unit(queries)


def _passages(count: int, documents: Path) -> tuple[np.ndarray, np.ndarray]:
    """Windows over the distinct texts, ever closer to each other until there are enough; in the order of the documents."""
    texts = pl.read_parquet(documents, columns=["text"])["text"].unique(maintain_order=True)
    found: dict[str, None] = {}
    for step in (60, 40, 24, 16):
        for text in texts:
            found |= dict.fromkeys(_windows(text, step))
            if len(found) >= count:
                break
    model, turn = encoder("wordllama"), _isometry()
    passages = list(found)[:count]
    drawn = np.random.default_rng(1)
    asked = [_few_words(passages[int(row)], drawn) for row in drawn.choice(len(passages), 500, replace=False)]
    encoded = [
        np.asarray(model.encode(passages[start : start + 20_000]), np.float32) @ turn for start in range(0, len(passages), 20_000)
    ]
    return _unit(np.concatenate(encoded)), _unit(np.asarray(model.encode(asked), np.float32) @ turn)


def _windows(text: str, step: int) -> Iterator[str]:
    words = text.split()
    for start in range(0, max(1, len(words) - _WINDOW // 2), step):
        passage = " ".join(words[start : start + _WINDOW])
        if len(passage) > 200:
            yield passage


def _few_words(passage: str, drawn: np.random.Generator) -> str:
    words = passage.split()
    start, size = int(drawn.integers(0, max(1, len(words) - 12))), int(drawn.integers(4, 13))
    return " ".join(words[start : start + size])


def _isometry() -> np.ndarray:
    """256 × 384 with orthonormal rows: inner products stay as they are, costs are those of 384 components."""
    made: np.ndarray = np.linalg.qr(np.random.default_rng(5).standard_normal((DIMENSION, 256)))[0].T
    return np.ascontiguousarray(made, np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
