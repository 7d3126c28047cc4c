"""How many keyed bands tell that a text resembles an erased one: recall and precision on real near duplicates, by exact Jaccard; and
what a million tombstones cost a capture. `python -m benchmarks.resemblance [--tombstones 1000000]`."""

import argparse
import math
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.resemblance import bands
from muniment.core.resemblance.marks import mark, sorted_marks
from muniment.core.resemblance.siphash import key_of
from muniment.core.twins.bands import BANDS
from muniment.core.twins.sketch import NGRAM, sketches
from muniment.schemas.erasure import Purpose
from muniment.schemas.tombstone import Kind, Tombstone
from muniment.store.root import open_root
from muniment.tasks.detectors import signer
from muniment.tasks.tombstones import records
from muniment.tasks.tombstones.barred import barred

SLICES = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0), (1.0, 1.01))


def wilson(hits: int, count: int) -> str:
    """A share with its 95% interval (Wilson 1927)."""
    if not count:
        return "–"
    share, z = hits / count, 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f"{share:.3f} [{max(middle - half, 0):.3f}, {min(middle + half, 1):.3f}]"


def calibrate(folder: Path, erased_share: float, seed: int) -> None:
    """Erase a share of the documents, take the others for newcomers, and see which are held."""
    documents = pl.read_parquet(folder / "docs.parquet").to_arrow()
    names = {name: "doc_id" for name in ("id", "doc_id") if name in documents.column_names}
    documents = documents.rename_columns([names.get(name, name) for name in documents.column_names])
    signed = signer((NGRAM,)).detect(documents.select(["doc_id", "text"]))
    long = signed["tokens"].to_numpy() >= bands.TOKENS
    ids, hashes = np.array(signed["doc_id"].to_pylist()), bands.keyed(sketches(signed), key_of(os.urandom(16)))
    gone = np.random.default_rng(seed).random(len(ids)) < erased_share
    held = bands.sorted_bands(hashes[gone & long], np.zeros(int((gone & long).sum()), np.uint32))
    most, _ = bands.agreeing(hashes[~gone], held, np.ones(1, np.bool_))
    most[~long[~gone]] = 0
    erased = pl.DataFrame({"erased": ids[gone]})
    pairs = pl.read_parquet(folder / "pairs.parquet").select("a", "b", "jaccard")
    both = pl.concat([pairs, pairs.select(a="b", b="a", jaccard="jaccard")])
    closest = both.join(erased, left_on="a", right_on="erased", how="semi").group_by("b").agg(pl.col("jaccard").max())
    new = pl.DataFrame({"b": ids[~gone], "bands": most, "long": long[~gone]}).join(closest, on="b", how="left").fill_null(0)
    print(f"{int(gone.sum()):,} erased, {len(new):,} newcomers, {int((~new['long']).sum()):,} of them too short")
    print("| bands | " + " | ".join(f"held of J {low:.1f}–{min(high, 1):.1f}" for low, high in SLICES) + " | held of J < 0.5 |"
          " precision at J ≥ 0.7 | precision at J ≥ 0.5 |")  # fmt: skip
    print("|---|" + "---|" * (len(SLICES) + 3))
    for least in range(2, 9):
        row = [recall(new, least, low, high) for low, high in SLICES] + [recall(new, least, 0.0, 0.5)]
        caught = new.filter(pl.col("bands") >= least)["jaccard"]
        row += [wilson(int((caught >= level).sum()), len(caught)) for level in (0.7, 0.5)]
        print(f"| {least} | " + " | ".join(row) + " |")


def recall(new: pl.DataFrame, least: int, low: float, high: float) -> str:
    """Share of the newcomers whose closest erased text is so similar that are held."""
    of = new.filter(pl.col("long"), pl.col("jaccard") >= low, pl.col("jaccard") < high)["bands"]
    return wilson(int((of >= least).sum()), len(of)) + f" of {len(of):,}"


def cost(count: int, asked: int = 20_000) -> None:
    """CPU seconds that asking about documents takes, with no tombstone and with many."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        root = open_root(str(Path(folder) / "root"))
        for documents in (0, count):
            if documents:
                laid = time.process_time()
                lay(root.uri, documents, rng)
                print(f"{documents:,} tombstones: laid in {time.process_time() - laid:.1f} s CPU")
            for turn in ("first", "next"):
                begun = time.process_time()
                bars = barred(root)
                bars.state(Kind.KEY)
                print(f"  opened ({turn}): {time.process_time() - begun:.3f} s CPU")
            bars.key("0" * 32)
            bars.resembling(signatures(rng, 2))  # compiled once on a machine
            begun = time.process_time()
            for number in range(asked):
                bars.key(f"{number:032x}")
                bars.content("wiki", f"{number:032x}", (f"{number:064x}", f"{number + 7:064x}"))
            names = time.process_time() - begun
            signed = signatures(rng, asked)
            begun = time.process_time()
            bars.resembling(signed)
            looked = time.process_time() - begun
            print(f"  {asked:,} documents: names and content {names:.2f} s, resemblance {looked:.2f} s CPU, "
                  f"{(names + looked) / asked * 1e6:.0f} µs a document")  # fmt: skip
        size = sum(path.stat().st_size for path in Path(folder).rglob("tombstones/**/*") if path.is_file())
        print(f"  on disk: {size / count:.0f} bytes a tombstone")


def signatures(rng: np.random.Generator, count: int) -> pa.Table:
    """Made signatures: doc_id, tokens, sketch."""
    made = rng.integers(0, 65536, (count, 128), dtype=np.uint16)
    return pa.table(
        {
            "doc_id": [f"{number:032x}" for number in range(count)],
            "tokens": pa.array([100] * count, pa.int32()),
            "sketch": [row.tobytes() for row in made],
        }
    )


def lay(uri: str, count: int, rng: np.random.Generator) -> None:
    """Tombstones of made documents, by one request."""
    root = open_root(uri)
    key, columns = root.vault.key(records.MARKS), records.columns_of(root)
    kinds = (("key", ""), ("content", ""), ("content", ""), ("entry", "wiki"))
    marks = (mark(key, kind, scope, f"{number}-{place}") for number in range(count) for place, (kind, scope) in enumerate(kinds))
    hashes = rng.integers(0, 1 << 32, (count, BANDS), dtype=np.uint32)
    records.keep(
        root,
        Tombstone(
            id="made-1", request="made", purpose=Purpose.REQUEST, created=datetime.now(UTC), documents=count,
            marks=columns.write(pa.table(sorted_marks(marks))),
            bands=columns.write(pa.table(bands.sorted_bands(hashes, np.zeros(count, np.uint32)))),
        ),
    )  # fmt: skip


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("MUNIMENT_DATA", "../shared/data")) / "twins" / "versioned"
    )
    parser.add_argument("--tombstones", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for share in (0.01, 0.1):
        calibrate(asked.data, share, asked.seed)
    cost(asked.tombstones)


if __name__ == "__main__":
    main()
