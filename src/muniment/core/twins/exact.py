"""Exact Jaccard of candidate pairs: only what was measured is ever called a twin."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.tokens import Array, batches, grams, plain_alphabet, tokenise
from muniment.core.twins.bands import FLOOR, PAIR
from muniment.core.twins.sketch import SHINGLE

MEASURED = PAIR.insert(3, pa.field("jaccard", pa.float64()))


def verify(pairs: pa.Table, texts: pa.Table, floor: float = FLOOR, block: int = 50_000) -> pa.Table:
    """Exact Jaccard of candidate pairs: (a, b, kind, jaccard, estimate), those of at least `floor`.

    `texts` has (doc_id, text) of every document in `pairs`. Shingle sets are held for one block of pairs at a time.
    """
    frame = pl.DataFrame(pairs)
    near = frame.filter(pl.col("kind") == "near").sort("a", "b")
    measured = [_jaccard(part["a"], part["b"], texts) for part in near.iter_slices(block)]
    jaccard = pl.Series(np.concatenate([np.empty(0), *measured]), dtype=pl.Float64)
    exact = frame.filter(pl.col("kind") == "exact").with_columns(jaccard=pl.lit(1.0))
    near = near.with_columns(jaccard=jaccard).filter(pl.col("jaccard") >= floor)
    return pl.concat([exact, near]).sort("a", "b").select(MEASURED.names).to_arrow().cast(MEASURED)


def _jaccard(a: pl.Series, b: pl.Series, texts: pa.Table) -> Array:
    wanted = pl.concat([a, b]).unique().sort()
    rows = pc.index_in(wanted.to_arrow(), texts["doc_id"].combine_chunks().cast(pa.large_string()))
    shingles = _shingle_sets(texts["text"].take(rows))
    left, right = wanted.search_sorted(a).to_numpy(), wanted.search_sorted(b).to_numpy()
    result = np.empty(len(left))
    for row, (i, j) in enumerate(zip(left, right, strict=True)):
        small, large = sorted((shingles[i], shingles[j]), key=len)
        place = np.minimum(np.searchsorted(large, small), len(large) - 1)
        common = int(np.count_nonzero(large[place] == small))
        result[row] = common / (len(small) + len(large) - common)
    return result


def _shingle_sets(texts: pa.ChunkedArray) -> list[Array]:
    sets: list[Array] = []
    for _, part in batches(texts):
        tokens = tokenise(part, plain_alphabet())
        shingles, position = grams(tokens, SHINGLE)
        sets += [np.unique(own) for own in np.split(shingles, np.searchsorted(position, tokens.offsets)[1:-1])]
    return sets
