"""Tables on their way between steps that run in several processes or machines; gone when the work is done."""

from types import TracebackType
from typing import Self

import pyarrow as pa

from muniment.store.objects import Objects

_FOLDER = "scratch/"


class Scratch:
    """Tables under `scratch/<name>/`. Leaving the block removes them; what a crash left is removed when the same work starts again."""

    def __init__(self, objects: Objects, name: str) -> None:
        self._objects, self.name = objects, name

    def __enter__(self) -> Self:
        self._clear()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clear()

    def write(self, name: str, table: pa.Table) -> None:
        """Keep a table; the same name is written once."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(table)
        self._objects.put(self._key(name), sink.getvalue().to_pybytes())

    def read(self, name: str, schema: pa.Schema) -> pa.Table:
        """A table again; raises `NotFound`."""
        return pa.ipc.open_file(self._objects.read(self._key(name))).read_all().cast(schema)

    def _key(self, name: str) -> str:
        return f"{_FOLDER}{self.name}/{name}.arrow"

    def _clear(self) -> None:
        for key in list(self._objects.list(f"{_FOLDER}{self.name}/")):
            self._objects.delete(key)
