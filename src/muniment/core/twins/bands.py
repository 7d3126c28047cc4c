"""Candidate pairs of duplicates by locality-sensitive banding of sketches (Indyk and Motwani 1998)."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.tokens import Array, mix, runs
from muniment.core.twins.sketch import PERMUTATIONS

BANDS = (25, 5)  # a pair of Jaccard 0.8 becomes a candidate with probability 0.99995, one of 0.7 with 0.990, one of 0.5 with 0.55
FLOOR = 0.5  # pairs of a lower Jaccard are not recorded
PAIR = pa.schema([("a", pa.string()), ("b", pa.string()), ("kind", pa.string()), ("estimate", pa.float32())])
_SLACK = 0.1  # two standard deviations of the estimate at the floor


def candidates(signatures: pa.Table, bands: tuple[int, int] = BANDS, floor: float = FLOOR) -> pa.Table:
    """Pairs that may be duplicates: (a, b, kind, estimate), a < b by document id, sorted; `signatures` is a `SIGNATURE` table.

    Exact duplicates come as (first of them, another, "exact", 1); only the first of them takes part in banding with `bands` =
    (number, rows of each). Near candidates are those whose estimated Jaccard reaches `floor` less two standard deviations.
    """
    table = pl.DataFrame(signatures.select(["doc_id", "exact", "tokens", "sketch"])).sort("doc_id")
    table = table.with_columns(pl.col("doc_id").first().over("exact").alias("a"))
    exact = table.filter(pl.col("doc_id") != pl.col("a")).select("a", pl.col("doc_id").alias("b"))
    alone = table.filter((pl.col("doc_id") == pl.col("a")) & (pl.col("tokens") > 0))
    sketches = np.frombuffer(b"".join(alone["sketch"].to_list()), "<u4").reshape(-1, PERMUTATIONS)
    left, right, estimate = _collisions(sketches, bands, floor - _SLACK)
    near = pl.DataFrame({"a": alone["doc_id"].gather(left), "b": alone["doc_id"].gather(right), "estimate": estimate})
    exact = exact.with_columns(kind=pl.lit("exact"), estimate=pl.lit(1.0, pl.Float32))
    near = near.select("a", "b", pl.lit("near").alias("kind"), pl.col("estimate").cast(pl.Float32))
    return pl.concat([exact.select(near.columns), near]).sort("a", "b").to_arrow().cast(PAIR)


def _collisions(sketches: Array, bands: tuple[int, int], least: float) -> tuple[Array, Array, Array]:
    """Row pairs that share a band, each once, with the share of equal sketch positions, where it is at least `least`."""
    number, rows = bands
    powers = np.cumprod(np.full(rows, 0x9E3779B97F4A7C15, np.uint64), dtype=np.uint64)
    keys = mix((sketches[:, : number * rows].reshape(-1, number, rows).astype(np.uint64) * powers).sum(axis=2, dtype=np.uint64))
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for band in range(number):
        for left, right in _pairs(keys[:, band]):
            new = ~(keys[left, :band] == keys[right, :band]).any(axis=1)
            left, right = left[new], right[new]
            estimate = (sketches[left] == sketches[right]).mean(axis=1)
            near = estimate >= least
            found.append((left[near], right[near], estimate[near]))
    left, right, estimate = (np.concatenate(part) for part in zip(*found, strict=True))
    return left, right, estimate


def _pairs(keys: Array, block: int = 100_000) -> Iterator[tuple[Array, Array]]:
    """All pairs (i, j), i < j, of rows with the same key, in blocks of about `block` pairs."""
    order = np.argsort(keys, kind="stable")
    ends = np.array([last for _, last in runs(keys[order])], np.int64)
    after = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(len(order)) - 1  # partners behind each row in its group
    for first, last in runs(np.cumsum(after) // block):
        counts = after[first:last]
        place = np.repeat(np.arange(first, last), counts)
        step = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
        yield order[place], order[place + step]
