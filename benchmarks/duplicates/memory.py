"""How memory grows with documents: the whole search, from Parquet to decisions, over 1,000,000 made documents and over fewer.

    python -m benchmarks.duplicates.memory [--documents 1000000]

Each size runs in a process of its own. The slope between the sizes is what a document costs; what is left is constant buffers.
"""

import argparse
import multiprocessing
import resource
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

WORDS = np.array(
    [
        f"{first}{second}"
        for first in ["b", "br", "d", "dr", "f", "g", "gr", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "w"]
        for second in ["a", "e", "i", "o", "u", "ab", "en", "il", "or", "um"]
    ]
)
TWINS = 0.2  # share of documents that are an earlier one with some words changed


def make(path: Path, documents: int, seed: int = 1) -> None:
    """A Parquet file of made documents of 50 to 350 words, a fifth of them near twins."""
    random = np.random.default_rng(seed)
    schema = pa.schema([("doc_id", pa.string()), ("text", pa.large_string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, documents, 8192):
            count = min(8192, documents - first)
            writer.write_table(
                pa.table({"doc_id": [f"{n:032x}" for n in range(first, first + count)], "text": texts(random, count)}, schema)
            )


def texts(random: np.random.Generator, count: int) -> list[str]:
    """So many texts; a twin has three of a hundred words of another of the same batch changed."""
    made: list[np.ndarray] = []
    for number in range(count):
        if number and random.random() < TWINS:
            words = made[random.integers(number)].copy()
            places = random.integers(len(words), size=max(1, len(words) // 100))
            words[places] = random.integers(len(WORDS), size=len(places))
        else:
            words = random.integers(len(WORDS), size=random.integers(50, 350))
        made.append(words)
    return [" ".join(WORDS[words]) for words in made]


def peak(path: Path) -> tuple[int, int, float]:
    """Peak resident bytes, removed documents and CPU seconds of one whole search; bytes before it began are left out of nothing."""
    from muniment.evaluate.twins import decisions
    from muniment.store.spool import FileSpool

    before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    removed = decisions(path, spool=FileSpool()).num_rows
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss * 1024, removed, sum(usage[:2]) - before


def main() -> None:
    """Print peak memory by size and the slope."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    largest = parser.parse_args().documents
    sizes = [largest // 4, largest // 2, largest]
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.parquet"
            make(path, size)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                resident, removed, cpu = pool.apply(peak, (path,))
            peaks.append(resident)
            print(
                f"{size:>9,} documents: peak {resident / 1e6:,.0f} MB, {removed:,} removed, {size / cpu:,.0f} documents a CPU second",
                flush=True,
            )
    slope = (peaks[-1] - peaks[0]) / (sizes[-1] - sizes[0])
    print(f"{slope:,.0f} bytes a document, and {(peaks[-1] - slope * sizes[-1]) / 1e6:,.0f} MB whatever their number")


if __name__ == "__main__":
    main()
