"""Fold text to what survives an encoding: letters in lower case, digits and bytes ≥ 0x80; all else and whole escapes are left out, so that
plain, quoted, escaped, percent-encoded and UTF-16 forms of a passage are the same."""

import numba
import numpy as np

from muniment.verifiers.residue.parts import octets

_ESCAPE = 1  # stands in the table for a byte that may begin an escape


def _folding() -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for byte in range(256):
        if byte >= 0x80 or chr(byte).isalnum():
            table[byte] = ord(chr(byte).lower()) if byte < 0x80 else byte
    table[list(b"\\%&")] = _ESCAPE
    return table


_FOLDED = _folding()


def folded(payload: bytes) -> bytes:
    """What the search sees of a piece of text."""
    room = np.zeros(len(payload) + 1, np.uint8)
    return room[: fold(octets(payload), room)[0]].tobytes()


@numba.njit(cache=True, nogil=True)
def fold(raw, room):
    """Write the folded bytes to `room`, which is as long; gives (how many, whether there was a `\\u…`)."""
    at, filled, size, unicode = np.uint64(0), np.uint64(0), np.uint64(len(raw)), False
    while at < size:
        kept = _FOLDED[raw[at]]
        if kept == _ESCAPE:
            length, wide = _escape(raw, np.int64(at))
            unicode |= wide
            at += np.uint64(length)
            continue
        room[filled] = kept
        filled += np.uint64(kept != 0)
        at += np.uint64(1)
    return np.int64(filled), unicode


@numba.njit(cache=True, nogil=True)
def _escape(raw, at):
    """How many bytes the escape that may begin here takes: `\\n`, `\\u00e9`, `\\\\xe9`, `%20`, `&amp;`; 1 when it is none. And whether
    it is a `\\u…`."""
    size = len(raw)
    if raw[at] == 37:
        return 3 if hexadecimal(raw, at + 1, at + 3) else 1, False
    if raw[at] == 38:
        return _entity(raw, at), False
    end = at
    while end < size and end < at + 8 and raw[end] == 92:
        end += 1
    if end < size:
        if raw[end] == 110 or raw[end] == 114 or raw[end] == 116:
            return end + 1 - at, False
        if raw[end] == 117 and hexadecimal(raw, end + 1, end + 5):
            return end + 5 - at, True
        if raw[end] == 120 and hexadecimal(raw, end + 1, end + 3):
            return end + 3 - at, False
    return end - at, False


@numba.njit(cache=True, nogil=True)
def _entity(raw, at):
    for place in range(at + 1, min(at + 10, len(raw))):
        if raw[place] == 59:
            return place - at + 1
        if _FOLDED[raw[place]] <= _ESCAPE and raw[place] != 35:
            return 1
    return 1


@numba.njit(cache=True, nogil=True)
def hexadecimal(raw, start, end):
    """Whether all these bytes are there and are hexadecimal digits."""
    if end > len(raw):
        return False
    for place in range(start, end):
        byte = raw[place]
        if not (48 <= byte <= 57 or 65 <= byte <= 70 or 97 <= byte <= 102):
            return False
    return True
