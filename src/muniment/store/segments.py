"""Sorted columns in files that are mapped into memory and never changed: the band index of a corpus, marks of what was erased.

A segment is one Arrow IPC file without compression, so that a column is an array over the file and only the pages that are looked at are read.
It is named by the digest of its bytes, like every object.
"""

import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from muniment.errors import Corrupt
from muniment.schemas.canonical import sha256
from muniment.schemas.stored import Stored
from muniment.store.objects import Objects


class Segment:
    """An open segment: columns as arrays over the file."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped
        self.table = pa.ipc.open_file(pa.py_buffer(mapped)).read_all()
        self.release()

    def array(self, name: str) -> npt.NDArray[np.generic]:
        """A column of numbers, or of equally long bytes as (rows, length) uint8, without a copy."""
        column = self.table[name].chunk(0)  # never `combine_chunks`, which copies
        if pa.types.is_fixed_size_binary(column.type):
            width = column.type.byte_width
            whole = np.frombuffer(column.buffers()[1], np.uint8) if len(column) else np.zeros(0, np.uint8)
            return whole[column.offset * width : (column.offset + len(column)) * width].reshape(-1, width)
        return column.to_numpy()  # type: ignore[no-any-return]

    def release(self) -> None:
        """Let go of the pages that were read."""
        self._mapped.madvise(mmap.MADV_DONTNEED)


class Segments:
    """All segments in a folder of a root; `made_by` says how they are made again."""

    def __init__(self, objects: Objects, folder: str = "signatures/", made_by: str = "Run `muniment duplicates rescan`.") -> None:
        self._objects, self._folder, self._made_by = objects, folder, made_by

    def write(self, table: pa.Table) -> Stored:
        """Keep a table as a segment; types must be fixed-width numbers, equally long bytes, booleans or texts."""
        sink = pa.BufferOutputStream()
        table = table.replace_schema_metadata(None).combine_chunks()
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        payload = sink.getvalue().to_pybytes()
        stored = Stored(digest=sha256(payload), rows=table.num_rows, bytes=len(payload))
        self._objects.put(self.key(stored.digest), payload)
        return stored

    def open(self, stored: Stored) -> Segment:
        """A segment by name; raises `NotFound`, or `Corrupt` when it is not one. Bytes within columns are not looked at."""
        with self._objects.open(self.key(stored.digest)) as file:
            if file.seek(0, os.SEEK_END) == stored.bytes:
                mapped = _map(file, stored.bytes)
                with suppress(pa.ArrowException, OSError):  # Arrow says of wrong bytes that they could not be read
                    return Segment(mapped)
        raise Corrupt(f"Segment {self.key(stored.digest)} cannot be read.", self._made_by)

    def verify(self, digest: str) -> None:
        """Recompute the digest of a segment; raises `NotFound` or `Corrupt`."""
        if sha256(self._objects.read(self.key(digest))) != digest:
            raise Corrupt(f"Segment {self.key(digest)} does not match its name.", self._made_by)

    def names(self) -> Iterator[str]:
        """Digests of all segments that are kept, whether anything names them or not."""
        for key in self._objects.list(self._folder):
            yield key.removeprefix(self._folder).removesuffix(".arrow")

    def key(self, digest: str) -> str:
        """Where a segment lies under the root."""
        return f"{self._folder}{digest}.arrow"

    def remove(self, digest: str) -> None:
        """Remove a segment; who has it open keeps reading it."""
        self._objects.delete(self.key(digest))


def _map(file: BinaryIO, size: int) -> mmap.mmap:
    """The file in memory. What is not a file of this machine is copied to one that has no name, so that nothing stays behind."""
    with suppress(OSError):
        return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    file.seek(0)
    with tempfile.TemporaryFile() as copy:
        while piece := file.read(1 << 24):
            copy.write(piece)
        copy.flush()
        return mmap.mmap(copy.fileno(), size, access=mmap.ACCESS_READ)
