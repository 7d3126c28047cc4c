"""Similarity of whole texts by an encoder: for documents that say the same in other words, where a policy asks for it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from muniment.schemas.document import DOCUMENT
from muniment.schemas.signatures import Home
from muniment.store.encoders import encoder
from muniment.store.root import Root

ENCODER = "wordllama"  # the fast static one: whole texts, and only of candidates
Cosines = Callable[[pl.Series, pl.Series], npt.NDArray[np.float32]]


def cosines(root: Root, homes: list[Home]) -> Cosines:
    """A function from pairs of document ids to the cosine similarity of their texts; each text is read and encoded once."""
    known: dict[str, npt.NDArray[np.float32]] = {}
    model = encoder(ENCODER)

    def measure(one: pl.Series, other: pl.Series) -> npt.NDArray[np.float32]:
        missing = pl.Series(sorted({*one, *other} - set(known)), dtype=pl.String)
        for home in homes if len(missing) else ():
            for batch in root.lake.about(home.shard, DOCUMENT, missing.to_arrow(), ["doc_id", "text"]):
                known.update(zip(batch["doc_id"].to_pylist(), model.encode(batch["text"].to_pylist()), strict=True))
        if not len(one):
            return np.empty(0, np.float32)
        left, right = (np.stack([known[each] for each in ids]) for ids in (one, other))
        return np.asarray((left * right).sum(axis=1), np.float32)

    return measure
