"""Forms that text can have inside other bytes, beyond those that folding sees through: base64, hexadecimal, `\\u…`, UTF-16."""

import json
import re
from collections.abc import Iterator

import numpy as np

from muniment.verifiers.residue import kernel
from muniment.verifiers.residue.parts import Bytes, Octets, Parts, octets

LEAST = 40  # base64 digits: an id has 43
_ESCAPE = re.compile(rb"\\u[0-9a-fA-F]{4}")  # begins with what can be looked for fast
_ESCAPED = re.compile(rb"(?:\\+u[0-9a-fA-F]{4})+")


def _digits() -> Octets:
    table = np.full(256, 255, np.uint8)
    for value, digit in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):
        table[digit] = value
    table[ord("-")], table[ord("_")] = 62, 63
    return table


_DIGITS = _digits()


def forms(piece: Octets, room: Octets) -> Iterator[Octets]:
    """The piece's text in other forms: what its base64 and hexadecimal runs say, and `\\u…` written out. `room` has 4 bytes for each."""
    filled = kernel.unbase64(piece, _DIGITS, LEAST, room)
    if filled:
        yield room[:filled]
    plain = piece.tobytes()
    if _ESCAPE.search(plain):
        yield octets(_ESCAPED.sub(lambda found: _written(found[0]), plain))


def wide(payload: Octets) -> Parts:
    """A text in UTF-16 with its mark, as UTF-8."""
    yield Bytes("UTF-16", payload.tobytes().decode("utf-16", "ignore").encode("utf-8", "ignore"))


def _written(run: bytes) -> bytes:
    codes = re.sub(rb"\\+u", rb"\\u", run)
    return str(json.loads(b'"' + codes + b'"')).encode("utf-8", "ignore")
