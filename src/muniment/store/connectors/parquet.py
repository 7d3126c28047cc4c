"""Rows of a Parquet file, in pieces whose size in memory is bounded whatever the file claims."""

import os
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from muniment.errors import InvalidRecord, MunimentError
from muniment.store.connectors import strict_json
from muniment.store.connectors.lines import too_large
from muniment.store.connectors.rows import Row, Wanted

_BATCH = 1_024  # rows
_MAX_CHUNK = 2_000_000_000  # bytes of one column in one row group, unpacked
_MAX_UNFOLDED = 64_000_000  # bytes of one batch, when values of a dictionary take the place of their numbers
_NUMBER = "\0number"  # no column is called that


def parquet_rows(stream: BinaryIO, rows: Wanted) -> Iterator[tuple[int, Row]]:
    """Number (from 1) and wanted columns of each row that passes the filter.

    Raises `InvalidRecord`: `TRUNCATED`, `MALFORMED`, `MISSING_COLUMN`, `WRONG_TYPE`, `TOO_LARGE`, or that of two column names alike.
    """
    try:
        number = 1
        for batch in _batches(stream, rows):
            frame = pl.from_arrow(pa.table(batch))
            assert isinstance(frame, pl.DataFrame)
            for row in rows.passing(frame.with_row_index(_NUMBER, offset=number)).iter_rows(named=True):
                yield row.pop(_NUMBER), row
            number += batch.num_rows
    except MunimentError:
        raise
    except Exception as error:  # noqa: BLE001 whatever hostile bytes break, they break this one file
        raise _broken(stream, error) from None


def _batches(stream: BinaryIO, rows: Wanted) -> Iterator[pa.RecordBatch]:
    schema = pq.read_schema(stream)
    if flaw := strict_json.alike(schema.names):
        raise InvalidRecord(flaw.reason, "Two columns have names that are the same or look the same.", "Repair the export.")
    rows.require(schema.names)
    texts = [name for name in rows.names if _is_text(schema.field(name).type)]
    file, folded = pq.ParquetFile(stream, pre_buffer=False), pq.ParquetFile(stream, pre_buffer=False, read_dictionary=texts)
    for group in range(file.metadata.num_row_groups):
        _refuse_swollen(file.metadata.row_group(group), rows)
        size = _batch_rows(folded, group, texts)
        yield from file.iter_batches(size, row_groups=[group], columns=list(rows.names), use_threads=False)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _refuse_swollen(group: pq.RowGroupMetaData, rows: Wanted) -> None:
    for at in range(group.num_columns):
        column = group.column(at)
        if column.path_in_schema.split(".")[0] in rows.names and column.total_uncompressed_size > _MAX_CHUNK:
            raise too_large("A column of a row group", _MAX_CHUNK)


def _batch_rows(folded: pq.ParquetFile, group: int, texts: list[str]) -> int:
    """How many rows fit in memory if each held the longest value of a dictionary: a long one may stand for any number of rows."""
    longest = 1
    for batch in folded.iter_batches(1, row_groups=[group], columns=texts, use_threads=False):
        for column in batch.columns:
            if pa.types.is_dictionary(column.type):
                longest = max(longest, pc.max(pc.binary_length(column.dictionary)).as_py() or 1)
        break
    return max(1, min(_BATCH, _MAX_UNFOLDED // longest))


def _broken(stream: BinaryIO, error: Exception) -> InvalidRecord:
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - 4))
    if stream.read(4) != b"PAR1":
        return InvalidRecord("TRUNCATED", "The end of this Parquet file is missing.", "Fetch it again from its origin.")
    return InvalidRecord("MALFORMED", f"The Parquet file breaks here ({type(error).__name__}).", "Export it again.")
