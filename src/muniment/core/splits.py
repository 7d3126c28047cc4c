"""Splits for training and evaluation in which nothing that hangs together is torn apart."""

from collections.abc import Mapping
from math import isclose

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from muniment.core.components import Nodes, connected
from muniment.core.identity import keyed_hash

_LARGE = 0.1  # of the documents that the smallest part is due: a component beyond it is placed by its size


def split(documents: pa.Table, shares: Mapping[str, float], seed: str, earlier: pa.Table | None = None) -> pa.Table:
    """Give each of n documents a part: doc_id, part, in the order in which they came.

    documents: doc_id, cluster, and maybe group; neither a cluster nor a group (null is none) is ever in two parts. shares: part →
    share of the documents, above 0, 1 in sum. earlier: doc_id, part of a split made before.
    Raises `ValueError` when the shares are no such shares, or `earlier` names a part that they do not.

    Components go whole: (1) to the part that `earlier` gave most of their documents; (2) large ones, the largest first, to the part
    that lacks most; (3) all others in the order of a hash of (seed, component), cut where the parts have what they are due. So
    without `earlier` a part misses its share by one large component for each part at most, and with small ones by rounding only.

    Promised: the same documents, shares and seed give the same parts on every machine, whatever the order of rows; and a document
    stays where `earlier` had it. Without `earlier` a component keeps its place in the order while its smallest group (without groups:
    its smallest id) stays, but the cuts move: each passes over no more documents than were added, and over far fewer as a rule; what
    becomes large, or ceases to be, is placed anew.
    Not promised: when a new document joins components of different parts, the smaller side moves.
    """
    if not shares or min(shares.values()) <= 0 or not isclose(sum(shares.values()), 1, abs_tol=1e-9):
        raise ValueError("The shares of all parts must be above 0 and sum to 1.")
    parts, due = pl.Series([*shares], dtype=pl.String), np.array([*shares.values()]) * documents.num_rows
    frame = pl.DataFrame(documents).with_columns(component=pl.Series(_components(documents)))
    components = _described(frame, seed).join(_held(frame, earlier, parts), on="component", how="left").sort("order")
    sizes, held = components["size"].to_numpy(), components["held"].fill_null(-1).to_numpy()
    components = components.with_columns(part=parts.gather(_places(sizes, held, due)))
    return frame.join(components, on="component", how="left", maintain_order="left").select("doc_id", "part").to_arrow()


def _components(documents: pa.Table) -> Nodes:
    """Each document's component, through clusters and groups."""
    frame, count = pl.DataFrame(documents), documents.num_rows
    one, other, nodes = [], [], count
    for name in [each for each in ("cluster", "group") if each in frame.columns]:
        codes = frame[name].rank("dense").cast(pl.Int64)
        rows = codes.is_not_null().arg_true()
        one.append(rows.to_numpy().astype(np.int64))
        other.append(codes.gather(rows).to_numpy() - 1 + nodes)
        nodes += int(codes.max() or 0)  # type: ignore[arg-type]
    return np.asarray(connected(np.concatenate(one), np.concatenate(other), nodes))[:count]


def _described(frame: pl.DataFrame, seed: str) -> pl.DataFrame:
    """component, size, order."""
    named = pl.coalesce(pl.col("group").min(), pl.col("doc_id").min()) if "group" in frame.columns else pl.col("doc_id").min()
    found = frame.group_by("component").agg(pl.len().alias("size"), named.alias("name"))
    return found.with_columns(order=pl.Series([keyed_hash(seed.encode(), name) for name in found["name"]], dtype=pl.String))


def _held(frame: pl.DataFrame, earlier: pa.Table | None, parts: pl.Series) -> pl.DataFrame:
    """component, held: the part, as a place, that most of its documents had; the first of two that had as many."""
    if earlier is None:
        return pl.DataFrame(schema={"component": pl.Int64, "held": pl.Int64})
    before = pl.DataFrame(earlier)
    if unknown := {*before["part"]} - {*parts}:
        raise ValueError(f"The earlier split has parts that have no share now: {', '.join(sorted(map(str, unknown)))}.")
    held = before.with_columns(held=pl.col("part").replace_strict(parts, range(len(parts)), return_dtype=pl.Int64))
    votes = frame.select("doc_id", "component").join(held, on="doc_id").group_by("component", "held").len()
    return (
        votes.sort("len", "held", descending=[True, False]).group_by("component", maintain_order=True).agg(pl.col("held").first())
    )


def _places(sizes: NDArray[np.uint32], held: Nodes, due: NDArray[np.float64]) -> Nodes:
    """The part of each component, as a place in `due`; components in the order of their hashes, -1 in `held` for those not held."""
    places, lack = held.copy(), due - np.bincount(held[held >= 0], sizes[held >= 0], len(due))
    large = np.flatnonzero((held < 0) & (sizes > max(1, _LARGE * due.min())))
    for component in large[np.argsort(-sizes[large].astype(np.int64), kind="stable")]:
        places[component] = np.argmax(lack)
        lack[places[component]] -= sizes[component]
    rest = np.flatnonzero(places < 0)
    filled, lack = np.cumsum(sizes[rest]), np.maximum(lack, 0)
    if len(rest):
        cuts = np.cumsum(lack) * filled[-1] / lack.sum()
        places[rest] = np.searchsorted(cuts[:-1], filled - sizes[rest] / 2, side="right")
    return places
