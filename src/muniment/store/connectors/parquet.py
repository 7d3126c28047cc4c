"""Rows of a Parquet file, in pieces whose size in memory is bounded whatever the file claims."""

import os
from collections.abc import Callable, Collection, Iterator
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
_SAMPLED_GROUPS = 8
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


def parquet_sample(stream: BinaryIO, rows: Wanted, most: Callable[[int], int], allowed: Collection[str]) -> Iterator[pa.Table]:
    """Rows from up to eight row groups, with all columns; those that are not `allowed` (none: all are) are null.

    `most` takes the number of columns and gives the number of rows. Raises `InvalidRecord`, as `parquet_rows`.
    """
    try:
        schema = pq.read_schema(stream)
        rows.require(schema.names)
        file = pq.ParquetFile(stream, pre_buffer=False)
        groups = evenly(file.metadata.num_row_groups, _SAMPLED_GROUPS)
        for group in groups:
            _refuse_swollen(file.metadata.row_group(group), rows)
            count = -(-most(len(schema.names)) // len(groups))
            for batch in _first_rows(file, group, [name for name in schema.names if not allowed or name in allowed], count):
                yield pa.table(
                    [
                        batch[each.name] if each.name in batch.schema.names else pa.nulls(batch.num_rows, each.type)
                        for each in schema
                    ],
                    schema.names,
                )
    except MunimentError:
        raise
    except Exception as error:  # noqa: BLE001 whatever hostile bytes break, they break this one file
        raise _broken(stream, error) from None


def evenly(count: int, most: int) -> list[int]:
    """At most `most` numbers below `count`, evenly spread from 0."""
    return list(range(count)) if count <= most else [at * count // most for at in range(most)]


def _first_rows(file: pq.ParquetFile, group: int, names: list[str], count: int) -> Iterator[pa.RecordBatch]:
    """The first rows of a group, in batches so small that they fit in memory if each row held the largest value there can be."""
    held = file.metadata.row_group(group)
    sizes = [held.column(at).total_uncompressed_size for at in range(held.num_columns)]
    size = max(1, min(count, _MAX_UNFOLDED // max([1, *sizes])))
    for batch in file.iter_batches(size, row_groups=[group], columns=names, use_threads=False):
        yield batch.slice(0, count)
        count -= batch.num_rows
        if count <= 0:
            return


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
