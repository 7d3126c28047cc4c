"""Hashes of a Merkle tree in tiles of 256, as C2SP tlog-tiles lays them out: what a checkpoint or a proof needs is read from few of them.

A tile of level L holds the roots of 256 full subtrees of 256^L leaves each; its own root is one hash of level L + 1.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

from muniment.core.merkle import Node, parent

WIDTH = 256  # hashes in a full tile
_HASH = 32  # bytes


class Name(NamedTuple):
    """Which tile: of which level, the how manieth, how many hashes wide."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies: `0/x001/234`, and `0/x001/234.p/17` while it is 17 hashes wide."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        return f"{self.level}/{'/'.join(groups)}" + ("" if self.width == WIDTH else f".p/{self.width}")


def partial(size: int) -> list[Name]:
    """The tiles of a tree of `size` leaves that are not full, the lowest level first."""
    found, level = list[Name](), 0
    while size:
        if size % WIDTH:
            found.append(Name(level, size // WIDTH, size % WIDTH))
        size, level = size // WIDTH, level + 1
    return found


class Frontier:
    """The right edge of a growing tree: the tiles that are not full yet. `size` is the number of leaves."""

    def __init__(self, size: int = 0, tiles: dict[Name, bytes] | None = None) -> None:
        """Begins empty, or where the `partial` tiles of `size` leaves stand; raises `ValueError` when one of them is not given whole."""
        self.size, self._levels = size, list[list[bytes]]()
        for name in partial(size):
            held = (tiles or {}).get(name, b"")
            if len(held) != name.width * _HASH:
                raise ValueError(f"tile {name.path} is missing or not whole")
            while len(self._levels) <= name.level:
                self._levels.append([])
            self._levels[name.level] = hashes(held)

    def add(self, leaf: bytes) -> Iterator[tuple[Name, bytes]]:
        """Append the hash of a leaf; gives the tiles that it filled."""
        self.size, level, node = self.size + 1, 0, leaf
        while True:
            if len(self._levels) == level:
                self._levels.append([])
            edge = self._levels[level]
            edge.append(node)
            if len(edge) < WIDTH:
                return
            yield Name(level, (self.size >> 8 * (level + 1)) - 1), b"".join(edge)
            node, self._levels[level], level = full(edge), [], level + 1

    def tiles(self) -> dict[Name, bytes]:
        """The tiles that are not full."""
        return {name: b"".join(self._levels[name.level]) for name in partial(self.size)}

    def root(self) -> bytes:
        """The root over all leaves (RFC 6962, 2.1)."""
        peaks = [node for edge in reversed(self._levels) for node in _peaks(edge)]
        if not peaks:
            return sha256(b"").digest()
        node = peaks.pop()
        while peaks:
            node = parent(peaks.pop(), node)
        return node


def hashes(tile: bytes) -> list[bytes]:
    """The hashes in a tile, 32 bytes each."""
    return [tile[start : start + _HASH] for start in range(0, len(tile), _HASH)]


def full(nodes: list[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(nodes) > 1:
        nodes = [parent(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
    return nodes[0]


def nodes(size: int, read: Callable[[Name], bytes]) -> Node:
    """Looks up the roots of full subtrees of a tree of `size` leaves in its tiles. Raises `IndexError` for one that no tile holds."""
    edges = {(name.level, name.number): name for name in partial(size)}

    def node(level: int, number: int) -> bytes:
        row, span = level // 8, 1 << level % 8
        place = number * span
        name = edges.get((row, place // WIDTH), Name(row, place // WIDTH))
        held = hashes(read(name))[place % WIDTH : place % WIDTH + span]
        if len(held) != span:
            raise IndexError(f"tile {name.path} does not hold the subtree {number} of level {level}")
        return full(held)

    return node


def _peaks(edge: list[bytes]) -> Iterator[bytes]:
    """The roots of the largest full subtrees over these hashes, from the left."""
    start = 0
    for bit in reversed(range(8)):
        if len(edge) >> bit & 1:
            yield full(edge[start : start + (1 << bit)])
            start += 1 << bit
