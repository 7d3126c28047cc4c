"""A signature of each document for duplicate search: a sketch of its shingles, and hashes of its tokens."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.twins.kernel import BYTES, NUMBERS, SEQUENCE, SHAPE, SKETCH, TOKENS, Array, sign
from muniment.core.twins.shingles import buffers
from muniment.schemas.evidence import SIGNATURE

NAME, VERSION = "twins", "2"
LABEL = f"{NAME}@{VERSION}"
NGRAM = 5
_DOCUMENTS = 8192  # signed at once: bounds the memory of arrays


def detector(ngrams: tuple[int, ...] = (NGRAM,)) -> Detector:
    """The detector that gives each document its `SIGNATURE`, a row for each shingle size in `ngrams`."""

    def detect(documents: pa.Table) -> pa.Table:
        documents = documents.select(["doc_id", "text"])
        parts = [_signed(batch, size) for batch in _batches(documents) for size in ngrams]
        signed = pa.concat_tables([SIGNATURE.empty_table(), *parts])
        if len(ngrams) == 1 and pl.Series(documents["doc_id"]).is_sorted():
            return signed  # as shards come
        return signed.sort_by([("doc_id", "ascending"), ("ngram", "ascending")])

    return Detector(NAME, VERSION, ("doc_id", "text"), SIGNATURE, detect, {"ngrams": list(ngrams), "positions": SKETCH, "bits": 16})


def sketches(signatures: pa.Table) -> Array:
    """The sketches of n signatures, (n, 128) uint16."""
    column = signatures["sketch"].combine_chunks()
    _, offsets, data = column.buffers()
    if not len(column):
        return np.zeros((0, SKETCH), np.uint16)
    first = np.frombuffer(offsets, np.int32)[column.offset]
    return np.frombuffer(data, "<u2")[first // 2 : first // 2 + len(column) * SKETCH].reshape(-1, SKETCH)


def _batches(documents: pa.Table) -> Iterator[pa.Table]:
    for first in range(0, documents.num_rows, _DOCUMENTS):
        yield documents.slice(first, _DOCUMENTS)


def _signed(documents: pa.Table, size: int) -> pa.Table:
    data, offsets = buffers(documents["text"].combine_chunks())
    made, facts = sign(data, offsets, size)
    count = len(made)
    width = 2 * SKETCH
    ends = pa.py_buffer((np.arange(count + 1, dtype=np.int32) * width).tobytes())
    packed = pa.Array.from_buffers(pa.binary(), count, [None, ends, pa.py_buffer(made.astype("<u2", copy=False))])
    hashes = (np.ascontiguousarray(facts[:, column]) for column in (SEQUENCE, SHAPE, NUMBERS, BYTES))
    columns = [
        documents["doc_id"],
        pa.repeat(LABEL, count),
        pa.repeat(size, count),
        facts[:, TOKENS].astype(np.int32),
        *hashes,
        packed,
    ]
    return pa.table(columns, names=SIGNATURE.names).cast(SIGNATURE)
