"""rensa: R-MinHash signatures, and its deduplicator with a band index; word shingles are the caller's work."""

import re
import sys
from pathlib import Path

import pyarrow.parquet as pq
from clock import report
from rensa import RMinHash, RMinHashDeduplicator

SAME = sys.argv[3:] == ["same"]  # shingles of the tokens that ours has: words folded, without punctuation
WORD = re.compile("[\u3040-\u9fff]|[A-Za-z0-9_\u00c0-\u1fff\u2080-\u2fff\ua000-\U0010ffff]+")
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
NOTE = f"{'our' if SAME else 'white-space'} tokens, 8 bands of 16 (its own choice for 0.8), estimate checked"


def removed(path: Path) -> int:
    words = (split(text) for text in pq.read_table(path, columns=["text"])["text"].to_pylist())
    signatures = RMinHash.from_token_sets((shingles(each) for each in words), num_perm=128, seed=42)
    kept = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True).add_pairs(
        (str(place), signature) for place, signature in enumerate(signatures)
    )
    return kept.count(False)


def split(text: str) -> list[str]:
    return WORD.findall(text.translate(LOWER)) if SAME else text.split()


def shingles(words: list[str]) -> list[str]:
    return list(map(" ".join, zip(*(words[start:] for start in range(5)), strict=False)))


if __name__ == "__main__":
    report(removed, "rensa", NOTE)
