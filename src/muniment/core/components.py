"""Connected components: what hangs together, directly or through others."""

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

Nodes = NDArray[np.int64]


@njit(cache=True)
def connected(one, other, count):
    """For each of `count` nodes the smallest node of its component; edge i joins one[i] and other[i] (union-find, Tarjan 1975)."""
    root = np.arange(count)
    for edge in range(len(one)):
        low, high = one[edge], other[edge]
        while root[low] != low:
            root[low] = root[root[low]]
            low = root[low]
        while root[high] != high:
            root[high] = root[root[high]]
            high = root[high]
        root[max(low, high)] = min(low, high)
    for node in range(count):  # a root is smaller than all that it stands for, so it is flat already
        root[node] = root[root[node]]
    return root


def clusters(twins: pa.Table) -> pa.Table:
    """doc_id, cluster of every document that rows of `TWIN` (doc_id, canonical_id, cluster) name; a cluster is named after its
    smallest id.

    Rows of several runs may name one component after different documents: it comes out as one.
    """
    names = pl.concat([pl.DataFrame(twins)[name] for name in ("doc_id", "canonical_id", "cluster")])
    ids = names.unique().sort()
    places = ids.search_sorted(names).to_numpy().astype(np.int64).reshape(3, -1)
    roots = connected(np.concatenate([places[0], places[0]]), np.concatenate([places[1], places[2]]), len(ids))
    return pl.DataFrame({"doc_id": ids, "cluster": ids.gather(roots)}).to_arrow()
