"""Verify what a ledger proves without Muniment: `python inclusion.py PROOF --key HEX [--old NOTE]`. Exit code 0 or 1.

PROOF is one of two texts. A C2SP tlog-proof says that a ledger holds an entry; Muniment puts the entry into its `extra` line. What a C2SP
tlog-witness takes says that a ledger of now begins with the ledger of an older checkpoint, which --old names.

Needs Python 3.11 and, for signatures, the folder `rights` from beside it; no other package. What a proof is made of stands in docs/audit.md.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

if __package__:
    from muniment.verifiers.rights.signature import ed25519
else:
    from rights.signature import ed25519  # type: ignore[import-not-found,no-redef,unused-ignore]

FORMAT = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class Refused(Exception):
    """The proof does not hold, and why."""


class Checkpoint(NamedTuple):
    """What was signed: the root over the first `size` entries of a ledger."""

    origin: str
    size: int
    root: bytes


def verify(proof: bytes, key: bytes, old: bytes = b"") -> str:
    """What the proof says, in one sentence; raises `Refused` when it does not hold. `key` is the Ed25519 public key that is trusted."""
    head, _, note = proof.partition(b"\n\n")
    lines, checkpoint = _text(head).split("\n"), signed(note, key)
    if lines[0] == FORMAT:
        return _included(lines[1:], checkpoint)
    if lines[0].startswith("old "):
        return _consistent(lines, checkpoint, signed(old, key) if old else None)
    raise Refused("it is neither a proof of an entry nor one of two checkpoints")


def signed(note: bytes, key: bytes) -> Checkpoint:
    """The checkpoint of a note that this key signed; raises `Refused`."""
    text, _, marks = note.rpartition(b"\n\n")
    lines = _text(text).split("\n")
    if len(lines) != 3 or not _NUMBER.fullmatch(lines[1]):
        raise Refused("the checkpoint is not three lines: origin, size, root")
    origin, body = lines[0], text + b"\n"
    mark = hashlib.sha256(origin.encode() + b"\n\x01" + key).digest()[:4]
    for line in _text(marks).splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = _bytes(encoded) if dash == "\u2014" and name == origin else b""
        if signature[:4] == mark and ed25519(key, body, signature[4:]):
            return Checkpoint(origin, int(lines[1]), _bytes(lines[2], 32))
    raise Refused("the checkpoint is not signed by the key that is trusted")


def _included(lines: list[str], checkpoint: Checkpoint) -> str:
    if len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
        raise Refused("the proof does not hold the entry and its index")
    entry, index = _bytes(lines[0][6:]), _number(lines[1][6:])
    node, path = hashlib.sha256(b"\0" + entry).digest(), [_bytes(each, 32) for each in lines[2:]]
    place, last = index, checkpoint.size - 1
    for each in path:  # RFC 9162, section 2.1.3.2
        if last == 0:
            raise Refused("the path is too long")
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + each + node).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + each).digest()
        place, last = place >> 1, last >> 1
    if last or index >= checkpoint.size or node != checkpoint.root:
        raise Refused("the path from the entry does not lead to the root that was signed")
    said = json.loads(entry)
    if said.get("sequence") != index + 1:
        raise Refused("the entry has another number than its place")
    return f"entry {index + 1} of {checkpoint.size} of {checkpoint.origin}: {said['kind']} by {said['actor']} at {said['time']}"


def _consistent(lines: list[str], checkpoint: Checkpoint, before: Checkpoint | None) -> str:
    old, path = _number(lines[0][4:]), [_bytes(each, 32) for each in lines[1:]]
    if before is None:
        raise Refused("give the older checkpoint: --old FILE")
    if (before.origin, before.size) != (checkpoint.origin, old):
        raise Refused("the older checkpoint is not the one that this proof is about")
    if old == checkpoint.size:
        if path or before.root != checkpoint.root:
            raise Refused("the two checkpoints over as many entries differ: history was rewritten")
    else:
        _require_beginning(old, checkpoint, before.root, path)
    return f"the first {old} of {checkpoint.size} entries of {checkpoint.origin} are those of the older checkpoint"


def _require_beginning(old: int, checkpoint: Checkpoint, before: bytes, path: list[bytes]) -> None:
    """RFC 9162, section 2.1.4.2."""
    place, last = old - 1, checkpoint.size - 1
    if not 0 < old < checkpoint.size or not path:
        raise Refused("the older checkpoint is not over fewer entries")
    if old & (old - 1) == 0:
        path = [before, *path]
    while place & 1:
        place, last = place >> 1, last >> 1
    left = right = path[0]
    for each in path[1:]:
        if last == 0:
            raise Refused("the proof is too long")
        if place & 1 or place == last:
            left, right = hashlib.sha256(b"\1" + each + left).digest(), hashlib.sha256(b"\1" + each + right).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            right = hashlib.sha256(b"\1" + right + each).digest()
        place, last = place >> 1, last >> 1
    if last or left != before or right != checkpoint.root:
        raise Refused("the ledger of now does not begin with that of the older checkpoint: history was rewritten")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Refused("a number is not in the only form that it has")
    return int(text)


def _bytes(text: str, length: int = 0) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("a line is not base64") from None
    if (length and len(found) != length) or base64.b64encode(found).decode() != text:
        raise Refused("a line is not the base64 of a hash")
    return found


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Refused("it is not text") from None


def main(arguments: list[str] | None = None) -> int:
    """Verify one proof and print what it says; gives the exit code."""
    parser = argparse.ArgumentParser(prog="inclusion.py", description="Verify what a ledger proves without trusting who keeps it.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", required=True, help="the Ed25519 public key that you trust, 64 hexadecimal digits")
    parser.add_argument("--old", type=Path, help="the older checkpoint that you kept")
    given = parser.parse_args(arguments)
    try:
        said = verify(given.proof.read_bytes(), bytes.fromhex(given.key), given.old.read_bytes() if given.old else b"")
    except (Refused, ValueError, KeyError) as error:
        print(f"{given.proof.name} does NOT hold: {error}")
        return 1
    print(f"{given.proof.name} holds: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
