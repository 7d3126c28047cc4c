"""Numbers on the way to be compared: written once, read from a file that has no name, so that nothing stays behind."""

import mmap
import tempfile
from typing import Any

import numpy as np
import numpy.typing as npt

_TOUCHED = 16 << 20  # bytes that are read or written between two calls of `release`, about
_RELEASE = 128 << 20  # bytes that may be mapped before pages are let go


class FileSpool:
    """uint64 values in a file of this machine's temporary folder. Memory does not grow with them."""

    def __init__(self) -> None:
        self._mapped: mmap.mmap | None = None
        self._since = 0

    def room(self, count: int) -> npt.NDArray[Any]:
        """An array over a sparse file: what is not written takes neither memory nor disk."""
        with tempfile.TemporaryFile() as file:
            file.truncate(8 * count)
            self._mapped = mmap.mmap(file.fileno(), 8 * count)
        return np.frombuffer(self._mapped, np.uint64)

    def release(self) -> None:
        """Let go of pages that were touched, now and then; the system keeps what it has room for."""
        self._since += 1
        if self._mapped is not None and self._since * _TOUCHED >= _RELEASE:
            self._mapped.madvise(mmap.MADV_DONTNEED)
            self._since = 0
