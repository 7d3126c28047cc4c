"""Parquet: every page decompressed from where the footer says that it lies, dictionaries too, whether a row still points at their
entries or not; footer, statistics and page indexes lie uncompressed in the file and are searched there.

Pages whose encoding hides values (deltas of strings, split bytes, dictionaries of floats) are read through Arrow as well, and so are
vectors. What no column chunk names is searched as bytes and for compressed frames that somebody left there.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muniment.verifiers.residue import arrow
from muniment.verifiers.residue.parts import Bytes, Octets, Parts, Unseen
from muniment.verifiers.residue.thrift import Reader

MAGIC = b"PAR1"
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 5: "lz4_raw", 6: "zstd", 7: "lz4_raw"}
_TOGETHER = 1 << 22  # bytes of pages searched together
# Encodings in which values lie one after the other as they are, or that hold no values at all: PLAIN, RLE, BIT_PACKED, dictionary
# indices, DELTA_LENGTH_BYTE_ARRAY.
_OPEN = {0, 2, 3, 4, 6, 8}
_INTEGERS = {5}  # DELTA_BINARY_PACKED
_FLOATS = {4, 5}  # physical types FLOAT and DOUBLE


class _Column(NamedTuple):
    start: int
    size: int
    codec: int
    encodings: set[int]
    physical: int
    name: str
    bloom: bool


def parts(payload: Octets) -> Parts:
    """Decoded pages of a Parquet file, in groups."""
    footer, start = _footer(payload)
    columns = list(_columns(footer))
    for column in columns:
        yield from _pages(payload, column)
    hidden = sorted({column.name for column in columns if _hides(column)})
    if hidden:
        yield from _decoded(payload, hidden)
    if any(column.bloom for column in columns):
        yield Unseen("bloom filters", "A Bloom filter says only that a value may have been there; it gives none back.")
    yield from _gaps(payload, columns, start)


def _footer(payload: Octets) -> tuple[dict[int, Any], int]:
    size = int.from_bytes(payload[-8:-4].tobytes(), "little")
    start = len(payload) - 8 - size
    if start < 4 or payload[-4:].tobytes() != MAGIC:
        raise ValueError("it has no footer")
    return Reader(payload[start:-8]).struct(), start


def _columns(footer: dict[int, Any]) -> Any:
    for group in footer.get(4, []):
        for chunk in group[1]:
            told = chunk[3]
            starts = [at for at in (told[9], told.get(11, 0)) if at >= len(MAGIC)]  # of a column without rows one of them is 0
            name = b".".join(told[3]).decode("utf-8", "replace")
            yield _Column(
                min(starts, default=len(MAGIC)), told[7] if starts else 0, told[4], set(told[2]), told[1], name, 14 in told
            )


def _hides(column: _Column) -> bool:
    """Whether values, or vectors, of a column can be seen only when they are decoded."""
    return bool(column.encodings - _OPEN - _INTEGERS) or column.physical in _FLOATS


def _pages(payload: Octets, column: _Column) -> Parts:
    at, end, held, size = column.start, column.start + column.size, list[bytes](), 0
    while at < end:
        reader = Reader(payload[at:end])
        header = reader.struct()
        at += reader.at
        body = payload[at : at + header[3]]
        at += header[3]
        decoded = _decompressed(body, header, column.codec)
        if decoded is None:
            yield Unseen(f"column {column.name}", f"Its pages are compressed by a codec that is not known here ({column.codec}).")
            return
        held.append(decoded)
        size += len(decoded)
        if size >= _TOGETHER:
            yield Bytes(f"column {column.name}", b"\0".join(held))
            held, size = [], 0
    if held:
        yield Bytes(f"column {column.name}", b"\0".join(held))


def _decompressed(body: Octets, header: dict[int, Any], codec: int) -> bytes | None:
    # In a page of version 2 the levels come first and are not compressed.
    second = header.get(8, {})
    levels = second.get(5, 0) + second.get(6, 0)
    if codec == 0 or second.get(7, True) is False or len(body) == levels:
        return body.tobytes()
    if codec not in _CODECS:
        return None
    whole = header[2] - levels
    rest: bytes = pa.decompress(body[levels:], whole, _CODECS[codec], asbytes=True)
    return body[:levels].tobytes() + rest


def _decoded(payload: Octets, names: list[str]) -> Parts:
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(payload)))
    for batch in file.iter_batches(1 << 14, columns=names):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            yield from arrow.of_array(f"column {name}", column)


def _gaps(payload: Octets, columns: list[_Column], end: int) -> Parts:
    """What lies between the column chunks: page indexes, Bloom filters, or what somebody left there."""
    at, held = 4, list[Octets]()
    for start, size in sorted((column.start, column.size) for column in columns):
        held.append(payload[at:start])
        at = max(at, start + size)
    held.append(payload[at:end])
    yield Bytes("between the columns", np.concatenate(held), deeper=True)
