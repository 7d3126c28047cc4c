"""Forms that text can have inside other bytes, beyond those that folding sees through: base64, hexadecimal, `\\u…`, UTF-16."""

import base64
import binascii
import json
import re
from collections.abc import Iterator

import numpy as np

from muniment.verifiers.residue import kernel
from muniment.verifiers.residue.parts import Bytes, Octets, Parts, octets

LEAST = 40  # base64 digits: an id has 43
_ESCAPED = re.compile(rb"(?:\\+u[0-9a-fA-F]{4})+")
_FILES = (
    b"H4sI",
    b"KLUv/",
    b"UEsDB",
    b"UEFSMQ",
    b"QVJST1cx",
    b"U1FMaXRl",
    b"QlpoO",
    b"/Td6WFo",
    b'"eJ',
    b'"eN',
    b'"eA',
    b'"eF',
)  # first bytes of files, in base64
_RUN = re.compile(rb"[A-Za-z0-9+/\r\n]+=*")
_SHORT = 1 << 26  # bytes of a file in base64 that are decoded at most


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
    if b"\\u" in plain and _ESCAPED.search(plain):
        yield octets(_ESCAPED.sub(lambda found: _written(found[0]), plain))


def files(piece: bytes) -> Parts:
    """Files that stand in base64 in a text."""
    for magic in _FILES:
        at = piece.find(magic)
        while at >= 0:
            begin = at + magic.startswith(b'"')
            run = _RUN.match(piece, begin, begin + _SHORT)
            if run and len(run[0]) >= LEAST:
                digits = run[0].rstrip(b"=")
                try:
                    payload = base64.b64decode(digits[: len(digits) // 4 * 4] + _rest(digits))
                except binascii.Error:
                    payload = b""
                if payload:
                    yield Bytes("base64", payload, deeper=True)
            at = piece.find(magic, at + len(magic))


def wide(payload: Octets) -> Parts:
    """A text in UTF-16 with its mark, as UTF-8."""
    yield Bytes("UTF-16", payload.tobytes().decode("utf-16", "ignore").encode("utf-8", "ignore"))


def _rest(digits: bytes) -> bytes:
    cut = len(re.sub(rb"[\r\n]", b"", digits)) % 4
    return digits[len(digits) // 4 * 4 :] + b"=" * (-cut % 4)


def _written(run: bytes) -> bytes:
    codes = re.sub(rb"\\+u", rb"\\u", run)
    return str(json.loads(b'"' + codes + b'"')).encode("utf-8", "ignore")
