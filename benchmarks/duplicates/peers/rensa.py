"""rensa: R-MinHash signatures, and its deduplicator with a band index; word shingles are the caller's work."""

from pathlib import Path

import pyarrow.parquet as pq
from clock import report
from rensa import RMinHash, RMinHashDeduplicator

NOTE = "8 bands of 16 (its own choice for 0.8), estimate checked"


def removed(path: Path) -> int:
    words = (text.split() for text in pq.read_table(path, columns=["text"])["text"].to_pylist())
    signatures = RMinHash.from_token_sets((shingles(each) for each in words), num_perm=128, seed=42)
    kept = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True).add_pairs(
        (str(place), signature) for place, signature in enumerate(signatures)
    )
    return kept.count(False)


def shingles(words: list[str]) -> list[str]:
    return list(map(" ".join, zip(*(words[start:] for start in range(5)), strict=False)))


if __name__ == "__main__":
    report(removed, "rensa", NOTE)
