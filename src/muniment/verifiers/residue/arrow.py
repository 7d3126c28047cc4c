"""Arrow IPC files and streams: every buffer of every batch and dictionary, decompressed; vectors as vectors."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from muniment.verifiers.residue.parts import Bytes, Matrix, Numbers, Octets, Parts, octets

MAGIC, STREAM = b"ARROW1", b"\xff\xff\xff\xff"


def parts(payload: Octets) -> Parts:
    """Buffers of a file or a stream that are not in the file as they are; all vectors and 64-bit numbers."""
    buffer = pa.py_buffer(payload)
    inside = range(buffer.address, buffer.address + buffer.size)
    for batch in _batches(pa.BufferReader(buffer), payload):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            yield from of_array(f"column {name}", column, inside)


def of_array(label: str, column: pa.Array, inside: range = range(0)) -> Parts:
    """Buffers of an array but for those that lie `inside` a range of addresses, which were searched; vectors; 64-bit numbers."""
    if isinstance(column, pa.ChunkedArray):
        for chunk in column.chunks:
            yield from of_array(label, chunk, inside)
        return
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        yield from of_array(label, column.dictionary, inside)
    text = not pa.types.is_floating(column.flatten().type if _is_list(column) else column.type)
    for buffer in column.buffers():
        if buffer is not None and buffer.size and buffer.address not in inside:
            yield Bytes(label, octets(buffer), text=text)
    if _is_list(column):
        yield from _vectors(label, column)
    elif column.type in (pa.int64(), pa.uint64()) and len(column):
        yield Numbers(label, column.fill_null(0).to_numpy(zero_copy_only=False).view(np.int64))


def _is_list(column: pa.Array) -> bool:
    return bool(pa.types.is_fixed_size_list(column.type) or pa.types.is_list(column.type) or pa.types.is_large_list(column.type))


def _batches(source: pa.BufferReader, payload: Octets) -> Iterable[pa.RecordBatch]:
    if payload[:6].tobytes() == MAGIC:
        file = pa.ipc.open_file(source)
        return (file.get_batch(number) for number in range(file.num_record_batches))
    stream: Iterable[pa.RecordBatch] = pa.ipc.open_stream(source)
    return stream


def _vectors(label: str, column: pa.Array) -> Parts:
    flat = column.flatten()
    if pa.types.is_floating(flat.type) and len(column) and len(flat) and len(flat) % len(column) == 0:
        rows = flat.fill_null(0).to_numpy(zero_copy_only=False).reshape(len(column), -1)
        yield Matrix(label, rows)
