"""The kinds of files that can answer for a segment's vectors, and how each is made."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from muniment.errors import NotFound
from muniment.schemas.index import EXACT
from muniment.store.vectors.library import Vectors, faiss, one_thread

SEED = 1234  # of k-means; rotations and the levels of a graph have FAISS's own, which are fixed too
_ROWS_PER_LIST = 100
_FEWEST = 2_000  # rows below which a full scan costs less than what a trained file saves
_CONSTRUCTION = 80  # candidates that a graph looks at for each vector that it takes in
WIDTH = 128.0  # candidates that a walk through a graph keeps


class Kind(NamedTuple):
    """One kind of file. `refine`: how many candidates for each wanted passage are scored again with the vectors as they are kept."""

    recipe: Callable[[int, int], str]  # dimension and rows → FAISS's name for the index
    least: int
    refine: int


def lists(rows: int) -> int:
    """How many inverted lists `rows` vectors get."""
    return max(16, min(1024, rows // _ROWS_PER_LIST))


KINDS: dict[str, Kind] = {
    EXACT: Kind(lambda dimension, rows: "Flat", 0, 1),
    "ivf-flat": Kind(lambda dimension, rows: f"IVF{lists(rows)},Flat", _FEWEST, 1),
    "ivf-sq8": Kind(lambda dimension, rows: f"IVF{lists(rows)},SQ8", _FEWEST, 4),
    "ivf-rabitq4": Kind(lambda dimension, rows: f"RR{dimension},IVF{lists(rows)},RaBitQ4", _FEWEST, 3),
    "hnsw": Kind(lambda dimension, rows: "HNSW32_SQ8", _FEWEST, 4),
}


def kind(name: str) -> Kind:
    """A kind by its name; raises `NotFound`."""
    if name not in KINDS:
        raise NotFound(f"No variant is called {name}.", f"There are {', '.join(KINDS)}.")
    return KINDS[name]


def build(vectors: Vectors, name: str = EXACT) -> bytes:
    """The file of one kind over unit vectors (n × d), trained on these and nothing else. Equal vectors give equal bytes."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    with one_thread():
        index = empty(vectors.shape[1], len(vectors), name)
        index.train(vectors)
        index.add(vectors)
    return written(index)


def empty(dimension: int, rows: int, name: str) -> Any:
    """An index of one kind before it is trained."""
    index = faiss().index_factory(dimension, kind(name).recipe(dimension, rows), faiss().METRIC_INNER_PRODUCT)
    if name.startswith("ivf"):
        faiss().extract_index_ivf(index).cp.seed = SEED
    elif name == "hnsw":
        index.hnsw.efConstruction = _CONSTRUCTION
    return index


def written(index: Any) -> bytes:
    """An index as the bytes of its file."""
    payload: bytes = faiss().serialize_index(index).tobytes()
    return payload
