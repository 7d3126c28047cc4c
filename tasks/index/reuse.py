"""Vectors that are there already: of passages with the same text, in the segments of kept indexes of the same encoder.

Only segments are looked through, so that there is no copy of a vector that an erasure would have to find: what was erased is in none.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from muniment.schemas.chunk import CHUNK, vectors
from muniment.schemas.index import Index
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.encoders.encoder import Vectors
from muniment.store.holdings import starts
from muniment.store.root import Root


class Donor(Record):
    """Objects of chunks and vectors that lie in a kept index."""

    chunks: Stored
    vectors: Stored


def donors(root: Root, digest: str, wanting: Sequence[Stored]) -> list[tuple[Donor, ...]]:
    """For each object of chunks, the segments that hold vectors of some of its texts by the encoder of that digest.

    Memory: 12 bytes for each passage that is wanted, and the hashes of one segment at a time.
    """
    texts = [_hashes(root, each) for each in wanting]
    owner = np.repeat(np.arange(len(texts), dtype=np.uint32), [len(each) for each in texts])
    joined = np.concatenate([np.empty(0, "<u8"), *texts])
    order = np.argsort(joined, kind="stable")
    joined, owner = joined[order], owner[order]
    found: list[list[Donor]] = [[] for _ in wanting]
    for donor in _kept(root, digest) if len(joined) else ():
        held = np.unique(_hashes(root, donor.chunks))
        hit = held[np.minimum(np.searchsorted(held, joined), max(len(held) - 1, 0))] == joined if len(held) else np.zeros(0, bool)
        for place in np.unique(owner[hit]):
            found[place].append(donor)
        joined, owner = joined[~hit], owner[~hit]  # what one gives, no other has to
        if not len(joined):
            break
    return [tuple(each) for each in found]


def given(root: Root, texts: pl.Series, dimension: int, donors: Sequence[Donor]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
    """Vectors of texts by their hashes (SHA-256), n × dimension, and which rows of it are filled."""
    filled, out = np.zeros(len(texts), bool), np.zeros((len(texts), dimension), np.float32)
    wanted = pl.DataFrame({"text_hash": texts}).with_row_index("row")
    for donor in donors:
        hashes = pl.DataFrame(pl.from_arrow(root.lake.read(donor.chunks, CHUNK, ["text_hash"]))).with_row_index("at")
        both = wanted.join(hashes.unique("text_hash", keep="first"), on="text_hash").select("row", "at").to_numpy()
        table = root.lake.read(donor.vectors, vectors(dimension), ["vector"])
        flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, dimension)
        out[both[:, 0]], filled[both[:, 0]] = flat[both[:, 1]], True
    return out, filled


def _kept(root: Root, digest: str) -> Iterator[Donor]:
    """The segments of every kept index of that encoder, each pair of objects once, as far as they are there."""
    seen: set[tuple[str, str]] = set()
    for index in root.manifests.all("indexes", Index):
        for each in index.segments if index.encoder_digest == digest else ():
            pair = (each.chunks.digest, each.vectors.digest)
            if pair not in seen and root.lake.exists(each.chunks) and root.lake.exists(each.vectors):
                seen.add(pair)
                yield Donor(chunks=each.chunks, vectors=each.vectors)


def _hashes(root: Root, stored: Stored) -> npt.NDArray[np.uint64]:
    """The first 64 bits of the hash of each text."""
    return starts(root.lake.read(stored, CHUNK, ["text_hash"])["text_hash"])
