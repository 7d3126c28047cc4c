"""Archives and compressed files: gzip, bz2, xz, zstd, lz4, zlib, zip, tar; and single streams and frames."""

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from muniment.verifiers.residue.parts import Bytes, Octets, Parts, Unseen, octets
from muniment.verifiers.residue.spill import Spill

STEP = 1 << 20


def gzipped(payload: Octets, spill: Spill) -> Parts:
    """What a gzip file of any number of members holds, and what stands after them."""
    yield from _unrolled("gzip", payload, spill, lambda: zlib.decompressobj(31))


def bzipped(payload: Octets, spill: Spill) -> Parts:
    """What a bz2 file holds."""
    yield from _unrolled("bz2", payload, spill, bz2.BZ2Decompressor)


def xz(payload: Octets, spill: Spill) -> Parts:
    """What an xz or lzma file holds."""
    yield from _unrolled("xz", payload, spill, lzma.LZMADecompressor)


def framed(payload: Octets, spill: Spill, codec: str) -> Parts:
    """What a zstd or lz4 file holds."""
    with pa.CompressedInputStream(pa.BufferReader(pa.py_buffer(payload)), codec) as stream:
        yield Bytes(codec, spill.take(iter(lambda: stream.read(STEP), b"")), deeper=True)


def zipped(payload: Octets, spill: Spill) -> Parts:
    """Members of a zip file; names and comments lie in its bytes."""
    with zipfile.ZipFile(io.BytesIO(payload.tobytes())) as file:
        for member in file.infolist():
            if member.flag_bits & 1:
                yield Unseen(member.filename, "The member is encrypted.", read=False)
                continue
            with file.open(member) as stream:
                pieces = iter(lambda stream=stream: stream.read(STEP), b"")  # type: ignore[misc]
                yield Bytes("zip", spill.take(pieces), deeper=True)


def tarred(payload: Octets, spill: Spill) -> Parts:
    """Members of a tar file that may be files themselves; what is plain in them lies in its bytes."""
    with tarfile.open(fileobj=io.BytesIO(payload.tobytes()), mode="r:") as file:
        for member in file:
            if member.isfile() and (stream := file.extractfile(member)):
                yield Bytes("tar", spill.take(iter(lambda stream=stream: stream.read(STEP), b"")), deeper=True)  # type: ignore[misc]


def stream(content: Octets, maker: Callable[[], Any], spill: Spill) -> Any:
    """What a stream holds, as far as it can be read; nothing when it is none."""
    machine = maker()
    try:
        if not (head := machine.decompress(content[:4096].tobytes(), 1 << 16)):
            return b""
        return spill.take(_more(head, machine, content))
    except zlib.error:
        return b""


def _more(head: bytes, machine: Any, content: Octets) -> Any:
    yield head
    at, left = 4096, machine.unconsumed_tail
    while not machine.eof and (left or at < len(content)):
        if not left:
            left, at = content[at : at + STEP].tobytes(), at + STEP
        try:
            yield machine.decompress(left, STEP)
        except zlib.error:
            return
        left = machine.unconsumed_tail


def frame(content: Octets, spill: Spill) -> Any:
    """What the zstd frame holds that begins here; nothing when it is none."""
    try:
        with pa.CompressedInputStream(pa.BufferReader(pa.py_buffer(content[: frame_length(content)])), "zstd") as stream:
            return spill.take(iter(lambda: stream.read(STEP), b""))
    except (OSError, IndexError, pa.ArrowException):
        return b""


def frame_length(content: Octets) -> int:
    """How many bytes a zstd frame takes (RFC 8878); raises `IndexError` when it is cut short."""
    told = int(content[4])
    single = told >> 5 & 1
    at = 5 + (1 - single) + (0, 1, 2, 4)[told & 3] + (single, 2, 4, 8)[told >> 6]
    last = False
    while not last:
        head = int(content[at]) | int(content[at + 1]) << 8 | int(content[at + 2]) << 16
        last, kind, size = bool(head & 1), head >> 1 & 3, head >> 3
        at += 3 + (1 if kind == 1 else size)
    return at + 4 * (told >> 2 & 1)


def _unrolled(label: str, payload: Octets, spill: Spill, make: Callable[[], Any]) -> Parts:
    """Members one after the other, as one; then the rest, if any, as it is."""
    rest = [payload]

    def pieces() -> Any:
        while len(rest[0]):
            machine, at = make(), 0
            try:
                while not machine.eof and at < len(rest[0]):
                    yield machine.decompress(rest[0][at : at + STEP].tobytes())
                    at += STEP
            except (zlib.error, OSError, lzma.LZMAError, EOFError):
                return
            unused = len(machine.unused_data) if machine.eof else 0
            rest[0] = rest[0][min(at, len(rest[0])) - unused :] if unused else rest[0][:0]

    yield Bytes(label, spill.take(pieces()), deeper=True)
    if len(rest[0]):
        yield Bytes(f"after the {label}", octets(rest[0]), deeper=False)
