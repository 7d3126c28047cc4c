"""Rows put aside in files without names and read again a bucket at a time, so that memory does not grow with them."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa

_TOGETHER = 100_000  # rows of a bucket, about


class Buckets:
    """Temporary files for about `rows` rows of a schema; leaving the block lets go of them."""

    def __init__(self, schema: Mapping[str, pl.DataType], rows: int) -> None:
        self._schema = pl.DataFrame(schema=schema).to_arrow().schema
        self.count = max(1, -(-rows // _TOGETHER))
        self._stack = ExitStack()
        self._files = [self._stack.enter_context(tempfile.TemporaryFile()) for _ in range(self.count)]  # noqa: SIM115 – closed with the block
        self._writers = [pa.ipc.new_stream(file, self._schema) for file in self._files]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def add(self, rows: pl.DataFrame, bucket: pl.Expr) -> None:
        """Put rows aside; `bucket` gives the number of each one's bucket, below `count`."""
        for (place,), own in rows.group_by(bucket.alias("bucket")):
            self._writers[int(str(place))].write_table(own.to_arrow().cast(self._schema))

    def read(self) -> Iterator[pl.DataFrame]:
        """The buckets in their order. Nothing can be added any more."""
        for file, writer in zip(self._files, self._writers, strict=True):
            writer.close()
            file.seek(0)
            yield pl.DataFrame(pa.ipc.open_stream(file).read_all())
