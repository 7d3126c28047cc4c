"""Muniment: removal with every pair verified, or with `signature` as a third argument the signature alone."""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from clock import report


def removed(path: Path) -> int:
    return decisions(path)["spared"].null_count  # a spared document is close to one that is kept, and is kept too


def signed(path: Path) -> None:
    detector = twins.detector()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(2048, columns=["doc_id", "text"], use_threads=False):
            detector.detect(pa.table(batch))


if __name__ == "__main__":
    # The signature runs by itself: it needs nothing of the evaluation.
    if sys.argv[3:] == ["signature"]:
        from muniment.core import twins

        report(signed, "muniment", "signature only, with its tokeniser")
    else:
        from muniment.evaluate.twins import decisions

        report(removed, "muniment", "each removed document measured exactly against the kept one")
