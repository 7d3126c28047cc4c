"""The tables that one form of window is asked for in."""

from collections.abc import Iterator

import numpy as np

from muniment.verifiers.residue import kernel
from muniment.verifiers.residue.needles import Needles, Windows
from muniment.verifiers.residue.parts import Array, Octets

_SPARSE, _LEAST, _MOST = 24, 18, 28  # bits for each block; of the table's size, as powers of two


class Sieve:
    """Windows of one form: `short`, `long` or `plain`."""

    def __init__(self, form: str, windows: Windows, needles: Needles) -> None:
        self.form, self.windows, self._keys = form, windows, needles.keys
        self._width = kernel.LONG if form == "long" else kernel.SHORT
        self._find = kernel.find_long if form == "long" else kernel.find_short
        blocks = windows.blocks.reshape(-1)
        size = min(max(_LEAST, int(np.ceil(np.log2(max(blocks.size, 1) * _SPARSE)))), _MOST)
        self._bits, self._shift = np.zeros((1 << size) // 8, np.uint8), np.uint64(64 - size)
        kernel.sift(self._bits, self._shift, blocks)
        self._tables = table(blocks, np.uint32), table(windows.hashes, np.uint64)

    def found(self, octets: Octets, ends: Array, hashes: Array) -> Iterator[tuple[bytes, int]]:
        """Every window that has the hash of one of these, with the hash. `ends` and `hashes` are room for those found at a time."""
        start, size = 0, len(octets) if len(self.windows.hashes) else 0
        while start < size:
            count, start = self._find(octets, size, start, self._keys, self._bits, self._shift, *self._tables, ends, hashes)
            for end, hashed in zip(ends[:count].tolist(), hashes[:count].tolist(), strict=True):
                yield octets[end - self._width : end].tobytes(), hashed


def table(hashes: Array, kind: type[np.unsignedinteger]) -> Array:
    """Hashes as a table that `kernel` looks them up in."""
    made = np.zeros(1 << int(np.ceil(np.log2(max(len(hashes), 1) * 2 + 1))), kind)
    kernel.fill(made, hashes)
    return made
