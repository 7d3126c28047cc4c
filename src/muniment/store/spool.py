"""Numbers on the way to be compared: written once, read from a file that has no name, so that nothing stays behind."""

import mmap
import tempfile
from typing import Any

import numpy as np
import numpy.typing as npt

_RELEASE = 256 << 20  # bytes that may be mapped before pages are let go


class FileSpool:
    """uint64 values in a file of this machine's temporary folder. Memory does not grow with them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 – lives as long as the spool
        self._mapped: mmap.mmap | None = None
        self._since = 0

    def append(self, values: npt.NDArray[Any]) -> None:
        """Put values behind those that are there."""
        self._file.write(np.ascontiguousarray(values, np.uint64).data)

    def whole(self) -> npt.NDArray[Any]:
        """All values, as a view of the file."""
        self._file.flush()
        if not self._file.tell():
            return np.empty(0, np.uint64)
        self._mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(self._mapped, np.uint64)

    def release(self) -> None:
        """Let go of pages that were read, now and then: the kernel keeps them if it has room."""
        self._since += 1
        if self._mapped is not None and self._since * 16 << 20 >= _RELEASE:
            self._mapped.madvise(mmap.MADV_DONTNEED)
            self._since = 0
