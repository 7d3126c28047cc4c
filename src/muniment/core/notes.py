"""Checkpoints and what leads to them as text that others' programs read: C2SP signed-note, tlog-checkpoint, tlog-proof, and the body
that tlog-witness takes."""

import base64
import binascii
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

ED25519 = b"\x01"  # C2SP signed-note, signature types
_DASH = "\u2014"
_CHECKPOINT = re.compile(
    rf"([^\s+]+)\n(0|[1-9]\d{{0,18}})\n([A-Za-z0-9+/]{{43}}=)\n\n((?:{_DASH} [^\s+]+ [A-Za-z0-9+/]+=*\n){{1,16}})", re.ASCII
)


class Checkpoint(NamedTuple):
    """The root of the Merkle tree over the first `size` leaves of a log, and its signatures as (name, key id and signature)."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...] = ()

    @property
    def text(self) -> bytes:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n".encode()

    def by(self, public_key: bytes) -> bytes:
        """The signature by this Ed25519 key under the name of the origin, 64 bytes; empty when there is none."""
        mark = key_id(self.origin, public_key)
        return next((each[4:] for name, each in self.signatures if name == self.origin and each[:4] == mark), b"")

    def signed(self, public_key: bytes, signature: bytes) -> "Checkpoint":
        """The same with one more signature, of an Ed25519 key under the name of the origin."""
        made = (self.origin, key_id(self.origin, public_key) + signature)
        return self._replace(signatures=(*self.signatures, made))

    @property
    def note(self) -> bytes:
        """The whole signed note."""
        return self.text + b"\n" + "".join(f"{_DASH} {name} {_b64(each)}\n" for name, each in self.signatures).encode()


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that tell which Ed25519 key signed (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """An Ed25519 public key as programs that read signed notes want it: `name+id+base64`."""
    return f"{name}+{key_id(name, public_key).hex()}+{_b64(ED25519 + public_key)}"


def parsed(note: bytes) -> Checkpoint | None:
    """The checkpoint of a note; None when it is none, or is not in the only form that it has."""
    try:
        match = _CHECKPOINT.fullmatch(note.decode())
        if match is None:
            return None
        # Cut at line feeds alone: Unicode knows more line ends.
        lines = [line.split(" ") for line in match[4].removesuffix("\n").split("\n")]
        marks = tuple((name, base64.b64decode(each, validate=True)) for _, name, each in lines)
        made = Checkpoint(match[1], int(match[2]), base64.b64decode(match[3], validate=True), marks)
    except (UnicodeDecodeError, binascii.Error):
        return None
    return made if made.note == note else None


def inclusion_proof(index: int, path: Sequence[bytes], checkpoint: Checkpoint, extra: bytes) -> bytes:
    """A proof that a log holds an entry: C2SP tlog-proof. `extra` is not authenticated by it."""
    lines = ["c2sp.org/tlog-proof@v1", f"extra {_b64(extra)}", f"index {index}", *(_b64(each) for each in path), "", ""]
    return "\n".join(lines).encode() + checkpoint.note


def consistency_proof(old: int, path: Sequence[bytes], checkpoint: Checkpoint) -> bytes:
    """A proof that a checkpoint goes on from one of `old` leaves: what a C2SP tlog-witness takes."""
    return "\n".join([f"old {old}", *(_b64(each) for each in path), "", ""]).encode() + checkpoint.note


def _b64(payload: bytes) -> str:
    return base64.b64encode(payload).decode()
