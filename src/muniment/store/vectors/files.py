"""Index files opened without being copied: mapped into memory where they lie, after their digest was checked.

A plain file is hashed once by a process and mapped; its pages are then warm. What comes from S3 is hashed on its way into a file
without a name on this machine, and what was sealed on its way into memory: neither stays behind.
"""

import hashlib
import io
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from muniment.errors import Corrupt
from muniment.store.vectors.library import faiss

Opened = Any  # an index of FAISS's, which has no types
_BLOCK = 8 << 20
_checked: set[tuple[int, int, int, int, str]] = set()
REMEDY = "Build the index again: `muniment index build`."


def opened(source: BinaryIO | bytes | Path, expected: str, secret: bool = False) -> Opened:
    """The FAISS index in a file, mapped; raises `Corrupt` unless its SHA-256 is `expected` and FAISS can read it.

    `secret`: what is not a plain file of this machine is held in memory, and not in its temporary folder.
    """
    with _plain(source, expected, secret) as file:
        try:
            return faiss().read_index(f"/dev/fd/{file.fileno()}", faiss().IO_FLAG_MMAP_IFC)
        except RuntimeError:
            raise Corrupt("FAISS cannot read the index file.", REMEDY) from None


def _plain(source: BinaryIO | bytes | Path, expected: str, secret: bool) -> BinaryIO:
    """The source as a checked file of this machine."""
    file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") if isinstance(source, Path) else source
    with suppress(io.UnsupportedOperation):
        return _in_place(file, file.fileno(), expected)
    with file:
        return _copied(file, expected, secret or isinstance(source, bytes))


def _in_place(file: BinaryIO, number: int, expected: str) -> BinaryIO:
    """A file where it lies. It is read once by a process, and again when it was written since."""
    held = os.fstat(number)
    version = (held.st_dev, held.st_ino, held.st_size, held.st_mtime_ns, expected)
    if version not in _checked:
        if _hashed(file) != expected:
            file.close()
            raise _another()
        _checked.add(version)
    return file


def _hashed(file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while block := file.read(_BLOCK):
        hashed.update(block)
    return hashed.hexdigest()


def _copied(file: BinaryIO, expected: str, memory: bool) -> BinaryIO:
    copy = _nameless(memory)
    hashed = hashlib.sha256()
    while block := file.read(_BLOCK):
        hashed.update(block)
        copy.write(block)
    copy.flush()
    if hashed.hexdigest() != expected:
        copy.close()
        raise _another()
    return copy


def _nameless(memory: bool) -> BinaryIO:
    """A new file that goes with whoever holds it: in memory where this system has such files, or in the temporary folder."""
    if memory and hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("index"), "w+b")
    return tempfile.TemporaryFile()


def _another() -> Corrupt:
    return Corrupt("The index file is not the one that its manifest names.", REMEDY)
