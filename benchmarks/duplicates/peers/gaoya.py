"""gaoya: an index of MinHash bands; a document joins it unless something in it is similar by the estimate of its signature."""

from pathlib import Path

import pyarrow.parquet as pq
from clock import report
from gaoya.minhash import MinHashStringIndex

NOTE = "21 bands of 6 (its own choice for 128 and 0.8), estimate checked"


def removed(path: Path) -> int:
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.8,
        num_bands=None,
        band_size=None,
        num_hashes=128,
        ngram_range=(5, 5),
        id_container="smallvec",
    )
    texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
    for place, text in enumerate(texts):
        if not index.query(text):
            index.insert_document(place, text)
    return len(texts) - index.size()


if __name__ == "__main__":
    report(removed, "gaoya", NOTE)
