"""Read runs of base64 and hexadecimal digits. Every byte of a run is one, so a run of 40 is looked for backwards from every 40th byte."""

import numba
import numpy as np


def _digits() -> np.ndarray:
    table = np.full(256, 255, np.uint8)
    for value, digit in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):
        table[digit] = value
    table[ord("-")], table[ord("_")] = 62, 63
    return table


LEAST = 40  # base64 digits: an id has 43
_DIGITS = _digits()
_DIGITS_OF_16 = np.array([chr(byte) in "0123456789abcdefABCDEF" for byte in range(256)])


@numba.njit(cache=True, nogil=True)
def read(raw, out):
    """Bytes of every run of at least `LEAST` base64 digits (RFC 4648, either alphabet, lines of MIME joined), read from each of its first
    four digits, since a run may begin before the encoded text does. Runs of twice as many hexadecimal digits are read as such, from the
    first two. Zero bytes between. `out` has 4 bytes for each; gives how many were filled."""
    filled, at, size = 0, 0, len(raw)
    while at + LEAST <= size:
        place = at + LEAST - 1
        while place >= at and _DIGITS[raw[place]] < 64:
            place -= 1
        if place >= at:
            at = place + 1
            continue
        end, plain = _end(raw, at)
        filled = _hexadecimal_runs(raw, at, end, out, filled)
        if not plain:  # a digest is no base64
            filled = _from_base64(raw, at, end, out, filled)
        at = end + 1
    return filled


@numba.njit(cache=True, nogil=True)
def _end(raw, at):
    """Where the run ends that begins here, and whether it has hexadecimal digits alone."""
    line, plain = 0, True
    while at < len(raw):
        byte = raw[at]
        if _DIGITS[byte] < 64:
            line += 1
            plain = plain and _DIGITS_OF_16[byte]
        elif (byte == 10 or byte == 13) and (line >= 60 or line == 0):
            line = 0
        else:
            break
        at += 1
    return at, plain


@numba.njit(cache=True, nogil=True)
def _from_base64(raw, start, end, out, filled):
    held, count = np.empty(end - start, np.uint32), 0
    for at in range(start, end):
        held[count] = _DIGITS[raw[at]]
        count += held[count] < 64
    for skip in range(4):
        at = skip
        while at + 2 < count:  # three digits that are left over are two bytes
            last = held[at + 3] if at + 3 < count else np.uint32(0)
            four = held[at] << 18 | held[at + 1] << 12 | held[at + 2] << 6 | last
            out[filled], out[filled + 1], out[filled + 2] = four >> 16 & 255, four >> 8 & 255, four & 255
            filled += 3 if at + 3 < count else 2
            at += 4
        out[filled] = 0
        filled += 1
    return filled


@numba.njit(cache=True, nogil=True)
def _hexadecimal_runs(raw, start, end, out, filled):
    count = 0
    for at in range(start, end + 1):
        if at < end and _DIGITS_OF_16[raw[at]]:
            count += 1
        else:
            if count >= 2 * LEAST:
                filled = _from_hexadecimal(raw, at - count, at, out, filled)
            count = 0
    return filled


@numba.njit(cache=True, nogil=True)
def _from_hexadecimal(raw, start, end, out, filled):
    for skip in range(2):
        for at in range(start + skip, end - 1, 2):
            out[filled] = _value(raw[at]) << 4 | _value(raw[at + 1])
            filled += 1
        out[filled] = 0
        filled += 1
    return filled


@numba.njit(nogil=True, inline="always")
def _value(digit):
    return digit - 48 if digit <= 57 else (digit | 32) - 87
