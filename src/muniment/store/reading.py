"""The part of a seekable reader that is the same whatever it reads."""

import io
from abc import abstractmethod


class Ranges(io.RawIOBase):
    """A reader over `size` bytes, `at` one of them; a subclass says in `readinto` what stands there."""

    size: int
    at: int = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where it is."""
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere else."""
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    @abstractmethod
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what stands at `at`, as far as one turn gives it, and go past it."""
