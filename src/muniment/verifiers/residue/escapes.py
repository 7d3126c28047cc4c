"""Write out `\\u…` escapes as UTF-8 (RFC 8259), however many backslashes stand before them."""

import numba
import numpy as np

from muniment.verifiers.residue.folding import hexadecimal


@numba.njit(cache=True, nogil=True)
def written(raw, out):
    """All bytes, with escapes written out, into `out`, which is as long; gives how many. Half of a pair of surrogates is left out."""
    at, filled, high, size = 0, 0, 0, len(raw)
    while at < size:
        end = at
        while end < size and raw[end] == 92:
            end += 1
        if end > at and end < size and raw[end] == 117 and hexadecimal(raw, end + 1, end + 5):
            code, at = _code(raw, end + 1), end + 5
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            paired = high and 0xDC00 <= code < 0xE000
            filled = _utf8(0x10000 + (high - 0xD800 << 10) + code - 0xDC00 if paired else code, out, filled)
        else:
            end = max(end, at + 1)
            for place in range(at, end):
                out[filled + place - at] = raw[place]
            filled, at = filled + end - at, end
        high = 0
    return filled


@numba.njit(cache=True, nogil=True)
def _code(raw, at):
    code = 0
    for place in range(at, at + 4):
        digit = np.int64(raw[place])
        code = code << 4 | (digit - 48 if digit <= 57 else (digit | 32) - 87)
    return code


@numba.njit(cache=True, nogil=True)
def _utf8(code, out, filled):
    if code < 0x80:
        out[filled] = code
        return filled + 1
    if 0xD800 <= code < 0xE000:
        return filled
    more = 1 if code < 0x800 else 2 if code < 0x10000 else 3
    out[filled] = (0xFF00 >> more + 1 & 0xFF) | code >> 6 * more
    for number in range(more):
        out[filled + more - number] = 0x80 | code >> 6 * number & 0x3F
    return filled + 1 + more
