"""A Merkle tree (RFC 6962, section 2.1), and a path in it (RFC 9162, section 2.1.3.2)."""

import hashlib


class Tree:
    """A Merkle tree that grows by leaves; it holds the roots of its full subtrees only."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        size, node = 1, hashlib.sha256(b"\0" + leaf).digest()
        while self._full and self._full[-1][0] == size:
            node, size = hashlib.sha256(b"\1" + self._full.pop()[1] + node).digest(), size * 2
        self._full.append((size, node))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        node = self._full[-1][1] if self._full else hashlib.sha256().digest()
        for _, left in reversed(self._full[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether a path leads from leaf `index` of `size` to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for each in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + each + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + each).digest()
        place, last = place >> 1, last >> 1
    return last == 0 and node == root
