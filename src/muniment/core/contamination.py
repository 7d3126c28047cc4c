"""Overlap of documents with evaluation items: the question (holdout contamination) and the answer (target contamination) apart.

An item is a set of n-grams of tokens, as in the decontamination of GPT-3 (Brown et al. 2020, appendix C), but of five tokens and
counted only within a window of twice the item's length, so that a passage that was re-wrapped, embedded or lightly reworded still
shows, while the same words scattered over a long document do not. An item shorter than five tokens is one n-gram of its own length.
An answer that short is in countless innocent documents: it counts only in a document that also holds its item's question.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.tokens import Array, batches, grams, plain_alphabet, tokenise
from muniment.schemas.canonical import digest
from muniment.schemas.evidence import EVAL_HIT

SIZE = 5  # tokens of an n-gram
LEAST = 3  # a question of fewer tokens is not searched for: it says nothing
FLOOR = 0.3  # smaller overlaps are not recorded
_NAME, _VERSION = "contamination", "1"
_KINDS = (("question", "holdout"), ("answer", "target"))
_NOTHING = pl.DataFrame(schema={"doc": pl.UInt32, "part": pl.UInt32, "held": pl.UInt32})
_GATE = np.uint64((1 << 22) - 1)


@dataclass(frozen=True)
class _Index:
    """n-grams of one size: sorted hashes, the part and the window width of each, and a bitmap that rules most other n-grams out."""

    size: int
    hashes: Array
    parts: Array
    widths: Array
    gate: Array


def detector(suites: pa.Table, floor: float = FLOOR) -> Detector:
    """The detector of `EVAL_HIT` rows against evaluation items: a table of (suite, item, question, answer), strings, null for none.

    `overlap` is the largest share of the item's distinct n-grams that one window of the document holds, recorded from `floor` on.
    """
    frame = pl.DataFrame(suites.select(["suite", "item", "question", "answer"]))
    parts = _parts(frame)
    indexes = [_index(parts, size) for size in sorted(set(parts["size"]))]
    settings = {"size": SIZE, "least": LEAST, "floor": floor, "suites": digest(sorted(map(list, frame.rows()), key=repr))}

    def detect(documents: pa.Table) -> pa.Table:
        ids = pl.DataFrame(documents.select(["doc_id"])).with_row_index("doc")
        found = [_windows(texts, first, indexes) for first, texts in batches(documents["text"])]
        return _hits(pl.concat([_NOTHING, *found]), parts, floor).join(ids, on="doc").pipe(_evidence)

    return Detector(_NAME, _VERSION, ("doc_id", "text"), EVAL_HIT, detect, settings)


def _parts(items: pl.DataFrame) -> pl.DataFrame:
    """One row for each question and answer: part number, suite, item, kind, token count, n-gram size, distinct n-grams."""
    kinds = [items.select("suite", "item", pl.lit(kind).alias("kind"), text=name) for name, kind in _KINDS]
    table = pl.concat(kinds).drop_nulls("text").unique().sort("suite", "item", "kind", "text")
    tokens = tokenise(table["text"].to_arrow().cast(pa.large_string()), plain_alphabet())
    table = table.with_columns(tokens=pl.Series(tokens.counts, dtype=pl.Int64)).with_columns(size=pl.min_horizontal("tokens", SIZE))
    least = pl.when(pl.col("kind") == "holdout").then(LEAST).otherwise(1)
    table = table.filter(pl.col("tokens") >= least).with_row_index("part")
    held = [_grams_of(table, size).group_by("part").agg(pl.len().alias("total")) for size in range(1, SIZE + 1)]
    return table.join(pl.concat(held), on="part").sort("part")


def _grams_of(parts: pl.DataFrame, size: int) -> pl.DataFrame:
    """Distinct (hash, part) of the parts whose n-grams are of that size."""
    chosen = parts.filter(pl.col("size") == size)
    tokens = tokenise(chosen["text"].to_arrow().cast(pa.large_string()), plain_alphabet())
    hashes, position = grams(tokens, size)
    owners = chosen["part"].to_numpy()[tokens.owner[position]]
    return pl.DataFrame({"hash": hashes, "part": owners}, schema={"hash": pl.UInt64, "part": pl.UInt32}).unique()


def _index(parts: pl.DataFrame, size: int) -> _Index:
    table = _grams_of(parts, size).sort("hash", "part").join(parts.select("part", "tokens"), on="part", maintain_order="left")
    gate = np.zeros(int(_GATE) + 1, np.bool_)
    gate[(table["hash"].to_numpy() & _GATE).astype(np.int64)] = True
    return _Index(size, table["hash"].to_numpy(), table["part"].to_numpy(), 2 * table["tokens"].to_numpy(), gate)


def _windows(texts: pa.Array, first: int, indexes: list[_Index]) -> pl.DataFrame:
    """Most distinct n-grams of each part that one window of each document holds: (doc, part, held)."""
    tokens = tokenise(texts, plain_alphabet())
    tables = [_NOTHING]
    for index in indexes:
        hashes, position = grams(tokens, index.size)
        maybe = np.flatnonzero(index.gate[(hashes & _GATE).astype(np.int64)])
        hashes, position = hashes[maybe], position[maybe]
        left = np.searchsorted(index.hashes, hashes)
        counts = np.searchsorted(index.hashes, hashes, side="right") - left
        entry = np.repeat(left - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        place = np.repeat(position, counts)
        doc = np.searchsorted(tokens.offsets, place, side="right") - 1
        local = place - tokens.offsets[doc]
        hit = {"doc": doc + first, "part": index.parts[entry], "hash": index.hashes[entry]}
        tables.append(_fullest(pl.DataFrame(hit), pl.Series(local), pl.Series(index.widths[entry])))
    return pl.concat(tables)


def _fullest(hits: pl.DataFrame, local: pl.Series, width: pl.Series) -> pl.DataFrame:
    """Windows of the given widths overlap by half, so that no passage of half a width is cut by all of them."""
    grids = [
        hits.with_columns(window=(local + shift) // width, grid=pl.lit(number)) for number, shift in enumerate((0, width // 2))
    ]
    counted = pl.concat(grids).group_by("doc", "part", "grid", "window").agg(pl.col("hash").n_unique().alias("held"))
    best = counted.group_by("doc", "part").agg(pl.col("held").max())
    return best.select(pl.col("doc").cast(pl.UInt32), pl.col("part").cast(pl.UInt32), pl.col("held").cast(pl.UInt32))


def _hits(windows: pl.DataFrame, parts: pl.DataFrame, floor: float) -> pl.DataFrame:
    """Overlaps of at least `floor`, the largest of each (doc, suite, item, kind); short answers only beside their question."""
    table = windows.join(parts, on="part").with_columns(overlap=pl.col("held") / pl.col("total")).filter(pl.col("overlap") >= floor)
    questions = table.filter(pl.col("kind") == "holdout").select("doc", "suite", "item").unique()
    short = (pl.col("kind") == "target") & (pl.col("tokens") < SIZE)
    beside = table.filter(short).join(questions, on=["doc", "suite", "item"], how="semi")
    kept = pl.concat([table.filter(~short), beside])
    return kept.group_by("doc", "suite", "item", "kind").agg(pl.col("overlap").max())


def _evidence(hits: pl.DataFrame) -> pa.Table:
    columns = (
        "doc_id",
        pl.lit(f"{_NAME}@{_VERSION}").alias("detector"),
        "suite",
        "item",
        "kind",
        pl.col("overlap").cast(pl.Float32),
    )
    return hits.select(columns).sort("doc_id", "suite", "item", "kind").to_arrow().cast(EVAL_HIT)
