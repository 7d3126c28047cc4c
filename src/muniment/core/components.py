"""Connected components: what hangs together, directly or through others."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Nodes = NDArray[np.int64]


def connected(one: Nodes, other: Nodes, count: int) -> Nodes:
    """For each of `count` nodes the smallest node of its component; edge i joins one[i] and other[i].

    Each round hooks a root to its smallest neighbour and shortens every path to one step (Shiloach and Vishkin 1982).
    """
    root = np.arange(count)
    while len(apart := np.flatnonzero(root[one] != root[other])):
        one, other = one[apart], other[apart]
        high, low = np.maximum(root[one], root[other]), np.minimum(root[one], root[other])
        np.minimum.at(root, high, low)
        while (shorter := root[root]).tobytes() != root.tobytes():
            root = shorter
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
