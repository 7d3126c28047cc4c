"""The same search cut into parts that share no candidate: what a cluster runs. The parts' decisions together are those of the whole.

Signatures are sent by (band, key) to parts (`keyed`), each part links the documents of a group (`links`), the links' connected components
are put into bins of about equal size (`bins`), and each bin is searched by itself: documents of two bins share no key, so no
pair is missed and none is looked at twice.
"""

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit

from muniment.core.components import connected
from muniment.core.twins.bands import BANDS, ROWS
from muniment.core.twins.kernel import Array, band_keys
from muniment.core.twins.sketch import sketches

KEYED = pa.schema([pa.field("band", pa.uint8()), pa.field("key", pa.uint64()), pa.field("doc_id", pa.string())])
LINK = pa.schema([pa.field("a", pa.string()), pa.field("b", pa.string())])
_COPIES = BANDS  # the band of whole token sequences


def keyed(signatures: pa.Table, parts: int) -> list[pa.Table]:
    """`KEYED` rows of a table of signatures, cut by key into `parts`; a document without a token has the key of its sequence alone."""
    ids = signatures["doc_id"].combine_chunks()
    filled = np.flatnonzero(signatures["tokens"].to_numpy() > 0)
    packed, own = sketches(signatures)[filled], ids.take(pa.array(filled))
    salt = signatures["ngram"].to_numpy().astype(np.uint64)[filled] << np.uint64(32)  # sizes are never compared
    bands = [(band, band_keys(packed, band, ROWS).astype(np.uint64) | salt, own) for band in range(BANDS)]
    bands.append((_COPIES, signatures["sequence"].to_numpy(), ids))
    return [pa.concat_tables(_cut(band, keys, names, part, parts) for band, keys, names in bands) for part in range(parts)]


def links(rows: pa.Table) -> pa.Table:
    """`LINK` rows that connect the documents of each group of `KEYED` rows."""
    frame = pl.DataFrame(rows)
    linked = frame.with_columns(a=pl.col("doc_id").min().over("band", "key")).filter(pl.col("a") != pl.col("doc_id"))
    return linked.select("a", pl.col("doc_id").alias("b")).unique().sort("a", "b").to_arrow().cast(LINK)


def bins(linked: pa.Table, count: int) -> pa.Table:
    """doc_id and bin (0 to count - 1) of every linked document; the largest components are placed first, each into the emptiest bin."""
    frame = pl.DataFrame(linked)
    ids = pl.concat([frame["a"], frame["b"]]).unique().sort()
    one, other = (ids.search_sorted(frame[end]).to_numpy().astype(np.int64) for end in ("a", "b"))
    component = connected(one, other, len(ids))
    _, number, sizes = np.unique(component, return_inverse=True, return_counts=True)
    place = _fill(sizes, np.argsort(-sizes, kind="stable"), count)
    return pa.table({"doc_id": ids.to_arrow().cast(pa.string()), "bin": place[number].astype(np.int32)})


@njit(cache=True)
def _fill(sizes, order, count):
    place, filled = np.empty(len(sizes), np.int64), np.zeros(count, np.int64)
    for component in order:
        place[component] = np.argmin(filled)
        filled[place[component]] += sizes[component]
    return place


def _cut(band: int, keys: Array, ids: pa.Array, part: int, parts: int) -> pa.Table:
    own = np.flatnonzero(keys % np.uint64(parts) == part)
    columns = [pa.repeat(pa.scalar(band, pa.uint8()), len(own)), pa.array(keys[own], pa.uint64()), ids.take(pa.array(own))]
    return pa.table(columns, schema=KEYED)
