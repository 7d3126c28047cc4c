"""datasketch: MinHash in its default scheme; a document joins the band index unless it finds a candidate there."""

import re
import sys
from pathlib import Path

import pyarrow.parquet as pq
from clock import report
from datasketch import MinHash, MinHashLSH

SAME = sys.argv[3:] == ["same"]  # shingles of the tokens that ours has: words folded, without punctuation
WORD = re.compile("[\u3040-\u9fff]|[A-Za-z0-9_\u00c0-\u1fff\u2080-\u2fff\ua000-\U0010ffff]+")
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
NOTE = f"{'our' if SAME else 'white-space'} tokens, 9 bands of 13 (its own choice for 128 and 0.8), nothing verified"


def removed(path: Path) -> int:
    words = (split(text) for text in pq.read_table(path, columns=["text"])["text"].to_pylist())
    index = MinHashLSH(threshold=0.8, num_perm=128)
    found = 0
    for place, signature in enumerate(MinHash.generator((shingles(each) for each in words), num_perm=128)):
        if index.query(signature):
            found += 1
        else:
            index.insert(place, signature)
    return found


def split(text: str) -> list[bytes]:
    return [word.encode() for word in WORD.findall(text.translate(LOWER))] if SAME else text.encode().split()


def shingles(words: list[bytes]) -> set[bytes]:
    return set(map(b" ".join, zip(*(words[start:] for start in range(5)), strict=False)))


if __name__ == "__main__":
    report(removed, "datasketch", NOTE)
