"""Room for what is decompressed: in memory while it is small, else in a file without a name; and a limit against bombs."""

import mmap
import tempfile
from collections.abc import Iterable
from typing import Any

_SMALL = 1 << 25


class TooLarge(Exception):
    """A file expands to more than was allowed."""


class Spill:
    """What one file may expand to, in bytes, all its layers together."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def take(self, pieces: Iterable[bytes]) -> Any:
        """The pieces as one buffer; raises `TooLarge`."""
        held, size = list[bytes](), 0
        with tempfile.TemporaryFile() as file:
            for piece in pieces:
                self.left -= len(piece)
                if self.left < 0:
                    raise TooLarge
                held.append(piece)
                size += len(piece)
                if size > _SMALL:
                    file.write(b"".join(held))
                    held, size = [], 0
            if not file.tell():
                return b"".join(held)
            file.write(b"".join(held))
            file.flush()
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
