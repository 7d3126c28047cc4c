"""Parquet: every page decompressed from where the footer says that it lies, dictionaries too, whether a row still points at their
entries or not. All other bytes of the file are given as they are: headers of pages, statistics, page indexes, footer, what no column
chunk names and whatever somebody left there; and also pages of a codec that may leave a part of them unread.

Pages whose encoding hides values (deltas of strings, split bytes, dictionaries of floats) are read through Arrow as well, and so are
vectors.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muniment.verifiers.residue import arrow
from muniment.verifiers.residue.archive import frame_length
from muniment.verifiers.residue.parts import Bytes, Octets, Parts, Unseen, octets
from muniment.verifiers.residue.thrift import Reader

MAGIC = b"PAR1"
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 5: "lz4_raw", 6: "zstd", 7: "lz4_raw"}
_EXACT = {1, 5, 7}  # codecs that refuse bytes which they do not need
_ZSTD = 6
_TOGETHER = 1 << 18  # bytes of small pages that are searched together
# Encodings in which values lie one after the other as they are, or that hold no values at all: PLAIN, RLE, BIT_PACKED, dictionary
# indices, DELTA_LENGTH_BYTE_ARRAY.
_OPEN = {0, 2, 3, 4, 6, 8}
_INTEGERS = {5}  # DELTA_BINARY_PACKED
_DICTIONARIES = {2, 8}
_FLOATS = {4, 5}  # physical types FLOAT and DOUBLE


class _Column(NamedTuple):
    start: int
    size: int
    codec: int
    encodings: set[int]
    physical: int
    name: str
    bloom: bool
    dictionary: bool


def parts(payload: Octets) -> Parts:
    """Decoded pages of a Parquet file, in groups."""
    footer = _footer(payload)
    columns = list(_columns(footer))
    read = list[tuple[int, int]]()  # from where to where bytes need not be searched as they are
    for column in columns:
        yield from _pages(payload, column, read)
    hidden = sorted({column.name for column in columns if _hides(column)})
    if hidden:
        yield from _decoded(payload, hidden)
    if any(column.bloom for column in columns):
        yield Unseen("bloom filters", "A Bloom filter says only that a value may have been there; it gives none back.")
    yield Bytes("between the pages", _others(payload, read), deeper=True)


def _footer(payload: Octets) -> dict[int, Any]:
    size = int.from_bytes(payload[-8:-4].tobytes(), "little")
    start = len(payload) - 8 - size
    if start < 4 or payload[-4:].tobytes() != MAGIC:
        raise ValueError("it has no footer")
    return Reader(payload[start:-8]).struct()


def _columns(footer: dict[int, Any]) -> Any:
    for group in footer.get(4, []):
        for chunk in group[1]:
            told = chunk[3]
            starts = [at for at in (told[9], told.get(11, 0)) if at >= len(MAGIC)]  # of a column without rows one of them is 0
            name = b".".join(told[3]).decode("utf-8", "replace")
            start, size = min(starts, default=len(MAGIC)), told[7] if starts else 0
            dictionary = len(starts) > 1 or bool(set(told[2]) & _DICTIONARIES)
            yield _Column(start, size, told[4], set(told[2]), told[1], name, 14 in told, dictionary)


def _hides(column: _Column) -> bool:
    """Whether values, or vectors, of a column can be seen only when they are decoded."""
    return bool(column.encodings - _OPEN - _INTEGERS) or column.physical in _FLOATS


def _pages(payload: Octets, column: _Column, read: list[tuple[int, int]]) -> Parts:
    at, end, held, size = column.start, column.start + column.size, list[Any](), 0
    label, text = f"column {column.name}", column.physical not in _FLOATS
    while at < end:
        reader = Reader(payload[at:end])
        header = reader.struct()
        at += reader.at
        body = payload[at : at + header[3]]
        at += header[3]
        if not (text or column.dictionary):  # Arrow gives all of it
            read += [(at - header[3], at)] if _wholly(body, header, column.codec) else []
            continue
        decoded = _decompressed(body, header, column.codec)
        if decoded is None:
            yield Unseen(label, f"Its pages are compressed by a codec that is not known here ({column.codec}).")
            return
        if _wholly(body, header, column.codec):
            read.append((at - header[3], at))
        held.append(decoded)
        size += len(decoded)
        if size >= _TOGETHER:
            yield Bytes(label, _joined(held), text=text)
            held, size = [], 0
    if held:
        yield Bytes(label, _joined(held), text=text)


def _joined(pages: list[Any]) -> Any:
    return pages[0] if len(pages) == 1 else b"\0".join(pages)


def _wholly(body: Octets, header: dict[int, Any], codec: int) -> bool:
    """Whether all of a page's bytes are in what it was decompressed to: a codec may stop at an end that somebody wrote behind."""
    if codec == _ZSTD and header.get(8, {}).get(7, True):
        levels = _levels(header)
        return len(body) == levels or levels + frame_length(body[levels:]) == len(body)
    return codec in _EXACT or codec == 0 or header.get(8, {}).get(7, True) is False


def _levels(header: dict[int, Any]) -> int:
    """Bytes of a page of version 2 that come first and are not compressed."""
    second = header.get(8, {})
    return int(second.get(5, 0) + second.get(6, 0))


def _decompressed(body: Octets, header: dict[int, Any], codec: int) -> Any:
    levels = _levels(header)
    if codec == 0 or header.get(8, {}).get(7, True) is False or len(body) == levels:
        return body
    if codec not in _CODECS:
        return None
    whole = header[2] - levels
    rest = octets(pa.decompress(body[levels:], whole, _CODECS[codec]))
    return np.concatenate([body[:levels], rest]) if levels else rest


def _decoded(payload: Octets, names: list[str]) -> Parts:
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(payload)))
    for batch in file.iter_batches(1 << 12, columns=names):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            yield from arrow.of_array(f"column {name}", column)


def _others(payload: Octets, read: list[tuple[int, int]]) -> Octets:
    """All bytes but the magic and those that were read."""
    at, held = len(MAGIC), list[Octets]()
    for start, end in sorted(read):
        held.append(payload[at:start])
        at = max(at, end)
    return np.concatenate([*held, payload[at:]])
