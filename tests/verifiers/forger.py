"""Takes proofs apart and puts them together again, as somebody would who wants a lie to be believed."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.merkle import Tree
from muniment.schemas.canonical import canonical_json
from muniment.tasks.rights.proof import DOMAIN

Sign = Callable[[bytes], str]
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)


class Proven(NamedTuple):
    """A true proof, and what a verifier may hold it against. `sign` is the key of the true signer, for one who turned dishonest."""

    file: Path
    key: str
    terms: Path
    root: Path
    sign: Sign


class Parts:
    """A proof in parts that can be changed."""

    def __init__(self, file: Path) -> None:
        lines = gzip.decompress(file.read_bytes()).split(b"\n")[:-1]
        self.header: dict[str, Any] = json.loads(lines[0])
        self.leaves: list[dict[str, Any]] = [json.loads(line) for line in lines[1:-1]]
        self.seal: dict[str, Any] = json.loads(lines[-1])

    def consistent(self) -> "Parts":
        """With count, rows and root as they follow from the documents."""
        tree = Tree()
        for leaf in self.leaves:
            tree.add(canonical_json(leaf))
        self.header |= {"documents": len(self.leaves), "root": tree.root().hex()}
        return self

    def counted(self, source: str, more: int) -> "Parts":
        """With so many more rows in the first object of a source that is not left out."""
        part = next(each for each in self.header["parts"] if each["source"] == source)
        next(each for each in part["documents"] if each["layer"] not in self.header["without"])["rows"] += more
        return self

    def signed(self, sign: Sign) -> "Parts":
        """Signed anew."""
        self.seal = {"signature": sign(DOMAIN + canonical_json(self.header))}
        return self

    def by_a_stranger(self) -> "Parts":
        """Signed with another key, which the header names."""
        self.header["key"] = STRANGER.public_key().public_bytes_raw().hex()
        return self.signed(lambda payload: STRANGER.sign(payload).hex())

    def lines(self) -> list[bytes]:
        """Canonical JSON, line by line."""
        return [canonical_json(each) for each in (self.header, *self.leaves, self.seal)]

    def write(self, file: Path) -> Path:
        """The proof as a file."""
        return packed(self.lines(), file)


def packed(lines: list[bytes], file: Path) -> Path:
    """Lines as a gzip file."""
    file.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0))
    return file
