"""Parquet in and out, by rules that make erasure real and hashing deterministic.

No dictionary and no statistics on a column that can hold a personal value, no Arrow or pandas schema in the footer: each of
them otherwise keeps a value after its row is gone.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from muniment.errors import Corrupt
from muniment.schemas.canonical import sha256
from muniment.schemas.stored import Stored
from muniment.store.objects import Objects

_ROW_GROUP_BYTES = 12 << 20
_PASSAGES_BYTES = 128 << 10  # passages are read a document at a time: .8 ms of a core; 512 kB takes 1.4, 32 kB a third more space
# Vocabulary of ours, never the upstream's: safe in a dictionary.
_DICTIONARY = {"source_id", "connector", "detector", "type", "name", "kind", "action", "classification", "tenant", "media_type"}
_STATISTICS = {"doc_id", "chunk_id"}


class Lake:
    """Content-addressed Parquet objects."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def write(self, table: pa.Table, schema: pa.Schema) -> Stored:
        """Store a table under the digest of its bytes. Rows keep their order; columns are cast to `schema`."""
        return self.rewrite(table.select(schema.names).cast(schema))

    def rewrite(self, table: pa.Table) -> Stored:
        """Store a table whose columns have their types already: what is left of an object after an erasure."""
        stored, payload = _encoded(table)
        self._objects.put(stored.key, payload)
        return stored

    def named(self, table: pa.Table, schema: pa.Schema) -> Stored:
        """What `write` would store a table as; nothing is stored."""
        return _encoded(table.select(schema.names).cast(schema))[0]

    def read(self, stored: Stored, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of an object, with all columns of `schema` or only those named."""
        wanted = pa.schema([schema.field(name) for name in columns]) if columns is not None else schema
        with self._parquet(stored) as file:
            return file.read(columns=wanted.names).cast(wanted)

    def batches(self, stored: Stored, schema: pa.Schema, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The same rows, a row group at a time."""
        wanted = pa.schema([schema.field(name) for name in columns]) if columns is not None else schema
        with self._parquet(stored) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=wanted.names).cast(wanted)

    def about(self, stored: Stored, schema: pa.Schema, doc_ids: pa.Array, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The rows of many documents, a row group at a time; of a group without one of them, only the ids are read."""
        wanted = pa.schema([schema.field(name) for name in columns])
        with self._parquet(stored) as file:
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=["doc_id"])["doc_id"]
                hit = pc.is_in(ids, value_set=doc_ids.cast(ids.type))
                if pc.any(hit).as_py():
                    yield file.read_row_group(group, columns=wanted.names).filter(hit).cast(wanted)

    def find(self, stored: Stored, schema: pa.Schema, doc_id: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one document, reading only row groups whose id range can hold it. Footers are kept: an object never changes."""
        wanted = pa.schema([schema.field(name) for name in columns]) if columns is not None else schema
        footer = _footer(self._objects, stored.digest)
        with self._parquet(stored, footer.metadata) as file:  # in this thread: a few pages are read before others wake up
            table = file.read_row_groups(footer.holding(doc_id), columns=[*{*wanted.names, "doc_id"}], use_threads=False)
        return table.filter(pc.equal(table["doc_id"], doc_id)).select(wanted.names).cast(wanted)

    def read_all(self, stored: Sequence[Stored], schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of several objects, one after the other."""
        wanted = pa.schema([schema.field(name) for name in columns]) if columns is not None else schema
        return pa.concat_tables([wanted.empty_table(), *(self.read(each, schema, columns) for each in stored)])

    def columns(self, digest: str, names: Sequence[str]) -> tuple[list[str], pa.Table]:
        """All column names of an object, and those of the columns `names` that it has; raises `NotFound` or `Corrupt`."""
        with self._parquet(Stored(digest=digest, rows=0, bytes=0)) as file:
            held = file.schema_arrow.names
            return held, file.read(columns=[name for name in names if name in held])

    def table(self, digest: str) -> pa.Table:
        """An object whole, with the types that Parquet gives."""
        with self._parquet(Stored(digest=digest, rows=0, bytes=0)) as file:
            return file.read()

    def verify(self, stored: Stored) -> None:
        """Recompute the digest of an object; raises `NotFound` or `Corrupt`."""
        if sha256(self._objects.read(stored.key)) != stored.digest:
            raise Corrupt(f"Object {stored.digest} does not match its name.", "Restore it from a backup.")

    def exists(self, stored: Stored) -> bool:
        """Whether the object is kept."""
        return self._objects.exists(stored.key)

    def _parquet(self, stored: Stored, metadata: pq.FileMetaData | None = None) -> pq.ParquetFile:
        return _opened(self._objects, stored, metadata)


class _Footer(NamedTuple):
    """What a file says of itself, and the least and greatest id of each row group; None where it does not say them."""

    metadata: pq.FileMetaData
    ranges: tuple[tuple[str, str] | None, ...]

    def holding(self, doc_id: str) -> list[int]:
        """The row groups that can hold a document."""
        return [group for group, ids in enumerate(self.ranges) if ids is None or ids[0] <= doc_id <= ids[1]]


@lru_cache(maxsize=64)  # half a MB each at most
def _footer(objects: Objects, digest: str) -> _Footer:
    with _opened(objects, Stored(digest=digest, rows=0, bytes=0)) as file:
        metadata = file.metadata
        place = file.schema.names.index("doc_id")
        columns = (metadata.row_group(group).column(place) for group in range(metadata.num_row_groups))
        return _Footer(metadata, tuple(map(_range, columns)))


def _opened(objects: Objects, stored: Stored, metadata: pq.FileMetaData | None = None) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(objects.open(stored.key), metadata=metadata, page_checksum_verification=True)
    except (pa.ArrowInvalid, OSError):
        raise Corrupt(f"Object {stored.digest} is not a readable Parquet file.", "Restore it from a backup.") from None


def _encoded(table: pa.Table) -> tuple[Stored, bytes]:
    """A table as an object, and its name."""
    table = table.replace_schema_metadata(None).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=_rows_per_group(table),
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name in _DICTIONARY],
        write_statistics=[name for name in table.column_names if name in _STATISTICS],
        store_schema=False,
        write_page_checksum=True,
    )
    payload = sink.getvalue().to_pybytes()
    return Stored(digest=sha256(payload), rows=table.num_rows, bytes=len(payload)), payload


def _rows_per_group(table: pa.Table) -> int:
    size = _PASSAGES_BYTES if {"chunk_id", "text"} <= {*table.column_names} else _ROW_GROUP_BYTES
    return max(1, int(table.num_rows * size / max(table.nbytes, 1)))


def _range(ids: pq.ColumnChunkMetaData) -> tuple[str, str] | None:
    said = ids.statistics
    return (said.min, said.max) if said is not None and said.has_min_max else None
