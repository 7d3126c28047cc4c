"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162 keeps it): built leaf by leaf in memory that grows with the logarithm of their number.

Proofs are told as spans of leaves, so that whoever keeps hashes of subtrees reads no leaf again.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Span = tuple[int, int]  # leaves from the first to the second, which is not in it
Node = Callable[
    [int, int], bytes
]  # (level, number) → root of the full subtree over the leaves [number << level, (number + 1) << level)


class Tree:
    """A tree that grows by leaves. It holds the roots of its full subtrees only."""

    def __init__(self) -> None:
        self._full: list[tuple[int, bytes]] = []  # (leaves, root), the largest first
        self.size = 0

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        self.add_hash(leaf_hash(leaf))

    def add_hash(self, node: bytes) -> None:
        """Append a leaf by its hash."""
        leaves = 1
        while self._full and self._full[-1][0] == leaves:
            node, leaves = parent(self._full.pop()[1], node), leaves * 2
        self._full.append((leaves, node))
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far, 32 bytes; that of no leaves is the hash of nothing."""
        if not self._full:
            return sha256(b"").digest()
        node = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            node = parent(left, node)
        return node


def path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The inclusion path of leaf `index` among `size` leaves (RFC 9162, section 2.1.3.1), in one pass over them.

    Raises `ValueError` when there are not as many leaves as was said.
    """
    spans = inclusion(index, size)
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


def inclusion(index: int, size: int) -> list[Span]:
    """The leaves under each node of the inclusion path of leaf `index` among `size`, from the leaf upwards (RFC 6962, 2.1.1)."""
    return _inclusion(index, 0, size)


def consistency(old: int, new: int) -> list[Span]:
    """The leaves under each node of the proof that the tree of `new` leaves begins with that of `old` (RFC 6962, 2.1.2)."""
    return _consistency(old, 0, new, whole=True) if 0 < old < new else []


def hash_of(span: Span, node: Node) -> bytes:
    """The Merkle tree hash over a span that begins at a multiple of the largest power of two within it, of full subtrees' hashes."""
    low, high = span
    level = (high - low).bit_length() - 1
    if high - low == 1 << level:
        return node(level, low >> level)
    return parent(node(level, low >> level), hash_of((low + (1 << level), high), node))


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from the hash of leaf `index` of `size` to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(path) != len(inclusion(index, size)):
        return False
    node = leaf
    for (low, _), beside in zip(inclusion(index, size), path, strict=True):
        node = parent(node, beside) if low > index else parent(beside, node)
    return node == root


def consistent(old: int, new: int, before: bytes, after: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves with the root `after` begins with that of `old` leaves with the root `before`, as this proof
    says (RFC 9162, 2.1.4.2)."""
    if old == new:
        return before == after and not path
    spans = consistency(old, new)
    if not 0 < old < new or len(path) != len(spans):
        return False
    if spans[0][0] >= old:  # the old tree is a full subtree of the new one, whose root the proof leaves out
        left = right = before
        rest = list(zip(spans, path, strict=True))
    else:
        left = right = path[0]
        rest = list(zip(spans[1:], path[1:], strict=True))
    for (low, _), beside in rest:
        if low >= old:
            right = parent(right, beside)
        else:
            left, right = parent(beside, left), parent(beside, right)
    return left == before and right == after


def _inclusion(index: int, low: int, high: int) -> list[Span]:
    if high - low <= 1:
        return []
    middle = _middle(low, high)
    if index < middle:
        return [*_inclusion(index, low, middle), (middle, high)]
    return [*_inclusion(index, middle, high), (low, middle)]


def _consistency(old: int, low: int, high: int, whole: bool) -> list[Span]:
    if old == high:
        return [] if whole else [(low, high)]
    middle = _middle(low, high)
    if old <= middle:
        return [*_consistency(old, low, middle, whole), (middle, high)]
    return [*_consistency(old, middle, high, whole=False), (low, middle)]


def _middle(low: int, high: int) -> int:
    """Where a tree over these leaves is divided: the largest power of two that is smaller than their number."""
    return low + (1 << ((high - low - 1).bit_length() - 1))


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, 32 bytes."""
    return sha256(b"\x00" + leaf).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node, 32 bytes."""
    return sha256(b"\x01" + left + right).digest()
