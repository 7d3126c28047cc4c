"""datasketch: MinHash in its default scheme; a document joins the band index unless it finds a candidate there."""

from pathlib import Path

import pyarrow.parquet as pq
from clock import report
from datasketch import MinHash, MinHashLSH

NOTE = "9 bands of 13 (its own choice for 128 and 0.8), nothing verified"


def removed(path: Path) -> int:
    words = (text.encode().split() for text in pq.read_table(path, columns=["text"])["text"].to_pylist())
    index = MinHashLSH(threshold=0.8, num_perm=128)
    found = 0
    for place, signature in enumerate(MinHash.generator((shingles(each) for each in words), num_perm=128)):
        if index.query(signature):
            found += 1
        else:
            index.insert(place, signature)
    return found


def shingles(words: list[bytes]) -> set[bytes]:
    return set(map(b" ".join, zip(*(words[start:] for start in range(5)), strict=False)))


if __name__ == "__main__":
    report(removed, "datasketch", NOTE)
