"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162 keeps it): built leaf by leaf in memory that grows with the logarithm of their number."""

from collections.abc import Iterable
from hashlib import sha256


class Tree:
    """A tree that grows by leaves. It holds the roots of its full subtrees only."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []  # (leaves, root), the largest first
        self.size = 0

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        node, leaves = sha256(b"\x00" + leaf).digest(), 1
        while self._full and self._full[-1][0] == leaves:
            node, leaves = _parent(self._full.pop()[1], node), leaves * 2
        self._full.append((leaves, node))
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far, 32 bytes; that of no leaves is the hash of nothing."""
        if not self._full:
            return sha256(b"").digest()
        node = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            node = _parent(left, node)
        return node


def path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The inclusion path of leaf `index` among `size` leaves (RFC 9162, section 2.1.3.1), in one pass over them.

    Raises `ValueError` when there are not as many leaves as was said.
    """
    spans = _spans(index, 0, size)
    trees = [Tree() for _ in spans]
    count = 0
    for leaf in leaves:
        for tree, (low, high) in zip(trees, spans, strict=True):
            if low <= count < high:
                tree.add(leaf)
        count += 1
    if count != size or not 0 <= index < size:
        raise ValueError(f"there are {count} leaves, not {size}, or none has the number {index}")
    return [tree.root() for tree in trees]


def _spans(index: int, low: int, high: int) -> list[tuple[int, int]]:
    """The leaves under each node of the path, from the leaf upwards."""
    if high - low <= 1:
        return []
    middle = low + (1 << ((high - low - 1).bit_length() - 1))
    if index < middle:
        return [*_spans(index, low, middle), (middle, high)]
    return [*_spans(index, middle, high), (low, middle)]


def _parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
