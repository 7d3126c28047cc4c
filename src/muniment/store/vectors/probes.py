"""How much of what is allowed has to be compared, so that the best of it are found: worked out from the vectors, not tried out.

For a query and a mask the k best of all that is allowed are known from an exact scan. The lists are ranked as a search ranks them, and
for each of the k it is noted which share of the allowed stands in the lists up to its own. The share below which a given part of all
of them lies is what a search has to look into. Masks are random and by subject, since with the latter lists near the query can be empty.
"""

import numpy as np

from muniment.store.vectors.library import Mask, Positions, Vectors

# Share of an index that a mask allows → part of the k best that is to be found.
OPEN = {1.0: 0.98, 0.5: 0.98, 0.1: 0.985, 0.02: 0.985}
_K = 10
_SUBJECTS = 64


def required(lists: Positions, centroids: Vectors, vectors: Vectors, queries: Vectors) -> dict[str, float]:
    """`probe@<share allowed>`: the share of the allowed to compare, rounded up to a hundredth.

    `lists` (n,) is the list of each of the `vectors` (n × d), a number of `centroids`; `queries` are m × d.
    """
    near, products = queries @ centroids.T, queries @ vectors.T
    found = {}
    for share, recall in OPEN.items():
        masks = [None] if share == 1.0 else [scattered(len(vectors), share), by_subject(vectors, share)]
        needs = [np.quantile(_needs(lists, near, products, mask), recall) for mask in masks if mask is None or mask.any()]
        found[f"probe@{share:g}"] = float(min(1.0, np.ceil(100 * max(needs, default=1.0)) / 100))
    return found


def scattered(count: int, share: float, seed: int = 1) -> Mask:
    """A mask that allows each of `count` rows with the same probability."""
    return np.asarray(np.random.default_rng(seed).random(count) < share)


def by_subject(vectors: Vectors, share: float, seed: int = 1) -> Mask:
    """A mask that allows whole neighbourhoods until `share` of the vectors is allowed: people read what their work is about."""
    drawn = np.random.default_rng(seed)
    seeds = vectors[drawn.choice(len(vectors), min(_SUBJECTS, len(vectors)), replace=False)]
    subject = np.concatenate([(part @ seeds.T).argmax(1) for part in np.array_split(vectors, 1 + len(vectors) // 50_000)])
    order = np.argsort(drawn.permutation(len(seeds))[subject], kind="stable")
    mask = np.zeros(len(vectors), bool)
    mask[order[: max(1, round(share * len(vectors)))]] = True
    return mask


def _needs(lists: Positions, near: Vectors, products: Vectors, mask: Mask | None) -> np.ndarray:
    """For each query and each of its k best allowed: the share of the allowed that stands in the lists up to that one's."""
    rows = np.arange(len(lists)) if mask is None else np.flatnonzero(mask)
    within = np.bincount(lists[rows], minlength=near.shape[1])
    order = np.argsort(-near, axis=1, kind="stable")
    upto = np.cumsum(within[order], axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), 1)
    k = min(_K, len(rows))
    best = rows[np.argpartition(-products[:, rows], k - 1, axis=1)[:, :k]]
    found: np.ndarray = np.take_along_axis(upto, np.take_along_axis(place, lists[best], 1), 1) / len(rows)
    return found
