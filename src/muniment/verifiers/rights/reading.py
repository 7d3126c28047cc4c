"""A proof file, line by line: header, documents in order, signature."""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .canonical import canonical
from .documents import leaf_of
from .fields import is_digits
from .finding import Refused
from .header import Header
from .signature import ed25519
from .tree import Tree
from .violations import Leaf

DOMAIN = b"muniment-rights-proof/1\n"
LONGEST_HEADER, LONGEST_LEAF = 64 << 20, 1 << 20  # bytes


class Reading:
    """The lines of a proof file, as they stream by."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with gzip.open(path) as file:
            self.line = _line(file, LONGEST_HEADER)
        self.header = canonical(self.line)

    def leaves(self, count: int) -> Iterator[bytes]:
        """The lines of the documents; raises `Refused` unless the file ends with exactly one more, a seal that signs the header."""
        with gzip.open(self._path) as file:
            if _line(file, LONGEST_HEADER) != self.line:
                raise Refused("the file changed while it was read")
            for _ in range(count):
                yield _line(file, LONGEST_LEAF)
            seal = _line(file, LONGEST_LEAF)
            if file.read(1):
                raise Refused("something follows the signature")
        signed(self.header["key"], self.line, seal)

    def check(self, header: Header) -> set[str]:
        """Check every document; gives the identifiers in their expressions. Raises `Refused`."""
        tree, templates, last, counts = Tree(), dict[tuple[bytes, bytes], Leaf](), b"", Counter[tuple[str, str]]()
        for line in self.leaves(header.documents):
            doc_id, leaf = leaf_of(line, header, templates)
            if doc_id <= last:
                raise Refused(f"document {doc_id.decode()} stands twice or out of order")
            last = doc_id
            counts[leaf.source, leaf.layer] += 1
            tree.add(line)
        if tree.root().hex() != header.root:
            raise Refused("the root in the header is not that of the documents")
        if counts != header.rows():
            raise Refused("the documents of a source and layer are not as many as its objects hold")
        return {name for leaf in templates.values() for name in leaf.names}


def signed(key: str, header: bytes, line: bytes) -> None:
    """Raises `Refused` unless the last line signs the first."""
    seal = canonical(line)
    if set(seal) != {"signature"} or not is_digits(seal["signature"], 128):
        raise Refused("the line after the last document is no signature")
    if not ed25519(bytes.fromhex(key), DOMAIN + header, bytes.fromhex(seal["signature"])):
        raise Refused("the signature is not one over this header")


def _line(file: Any, longest: int) -> bytes:
    line: bytes = file.readline(longest + 1)
    if len(line) > longest:
        raise Refused("a line is longer than any proof needs")
    if not line.endswith(b"\n"):
        raise Refused("the file ends too early")
    return line[:-1]
