"""Look through stored bytes for ids that must not be there, without the code that writes or erases them."""

from collections.abc import Iterable
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

_ID_LENGTH = 32
_FEW = 64  # ids that are also searched for byte by byte


def occurrences(file: BinaryIO, wanted: frozenset[str]) -> int:
    """How often one of these 32-digit ids stands in a Parquet file: in any decoded text value, whole or as its first part,
    in any list of them, in the statistics and in the footer's metadata."""
    parquet = pq.ParquetFile(file)
    found = len(footer(parquet) & wanted)
    ids = pa.array(sorted(wanted), pa.string())
    for group in range(parquet.num_row_groups):
        for column in parquet.read_row_group(group).columns:
            found += sum(_among(values, ids) for values in _texts(column))
    return found


def segment_occurrences(payload: bytes, wanted: frozenset[str]) -> int:
    """How often one of these ids stands in the bytes of an uncompressed Arrow file: in its texts, or anywhere else at all."""
    table = pa.ipc.open_file(pa.py_buffer(payload)).read_all()
    ids = pa.array(sorted(wanted), pa.string())
    found = sum(_among(values, ids) for column in table.columns for values in _texts(column))
    return found or (sum(each.encode() in payload for each in wanted) if len(wanted) <= _FEW else 0)


def footer(parquet: pq.ParquetFile) -> set[str]:
    """First 32 characters of every text in the footer: key-value metadata and column statistics."""
    texts = {str(each, "utf-8", "replace") for pair in (parquet.metadata.metadata or {}).items() for each in pair}
    for group in range(parquet.metadata.num_row_groups):
        for number in range(parquet.metadata.num_columns):
            statistics = parquet.metadata.row_group(group).column(number).statistics
            if statistics is not None and statistics.has_min_max:
                texts |= {str(statistics.min), str(statistics.max)}
    return {text[:_ID_LENGTH] for text in texts}


def strings(value: Any) -> set[str]:
    """All strings in a JSON value, the names of fields too."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set(value).union(*(strings(each) for each in value.values()))
    return set().union(*(strings(each) for each in value)) if isinstance(value, list) else set()


def _texts(column: pa.ChunkedArray) -> Iterable[pa.Array]:
    for chunk in column.chunks:
        while pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type):
            chunk = chunk.flatten()
        if pa.types.is_dictionary(chunk.type):
            chunk = chunk.dictionary
        if pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type):
            yield chunk


def _among(values: pa.Array, ids: pa.Array) -> int:
    starts = pa.compute.utf8_slice_codeunits(values.cast(pa.large_string()), 0, _ID_LENGTH)
    return int(pa.compute.sum(pa.compute.is_in(starts, value_set=ids.cast(pa.large_string()))).as_py() or 0)
