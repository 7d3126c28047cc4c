"""The loops that look at every byte: fold text to what survives an encoding, and find windows of it among very many at once.

A window of 16 bytes is two 64-bit words, one of 32 is four. Its fingerprint is the multilinear hash Σ word·key mod 2^64 with random odd
keys (Lemire and Kaser 2014), so that no step waits for the one before, as those of a rolling polynomial do.
"""

import numba
import numpy as np

SHORT, LONG = 16, 32  # bytes of a window
_SLOTS = np.uint64(0x9E3779B97F4A7C15)
_EIGHT = np.uint64(8)


def _folding() -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for byte in range(256):
        if byte >= 0x80 or chr(byte).isalnum():
            table[byte] = ord(chr(byte).lower()) if byte < 0x80 else byte
    return table


FOLDED = _folding()
_DIGITS_OF_16 = np.array([chr(byte) in "0123456789abcdefABCDEF" for byte in range(256)])


@numba.njit(cache=True, nogil=True)
def _hexadecimal(raw, start, end):
    for place in range(start, end):
        byte = raw[place]
        if not (48 <= byte <= 57 or 65 <= byte <= 70 or 97 <= byte <= 102):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _escape(raw, at):
    """How many bytes the escape that may begin here takes: `\\n`, `\\u00e9`, `\\\\xe9`, `%20`, `&amp;`; 1 when it is none."""
    size = len(raw)
    if raw[at] == 37:
        return 3 if at + 3 <= size and _hexadecimal(raw, at + 1, at + 3) else 1
    if raw[at] == 38:
        for place in range(at + 1, min(at + 10, size)):
            if raw[place] == 59:
                return place - at + 1
            if FOLDED[raw[place]] == 0 and raw[place] != 35:
                return 1
        return 1
    end = at
    while end < size and end < at + 8 and raw[end] == 92:
        end += 1
    if end < size:
        if raw[end] == 110 or raw[end] == 114 or raw[end] == 116:
            return end + 1 - at
        if raw[end] == 117 and end + 5 <= size and _hexadecimal(raw, end + 1, end + 5):
            return end + 5 - at
        if raw[end] == 120 and end + 3 <= size and _hexadecimal(raw, end + 1, end + 3):
            return end + 3 - at
    return end - at


@numba.njit(cache=True, nogil=True)
def fold(raw, last, folded, filled):
    """Letters in lower case, digits and bytes ≥ 0x80, appended to `folded` from `filled` on; all else and whole escapes left out. So
    plain, escaped and UTF-16 forms of a text fold to the same. Gives (bytes taken, bytes filled); an escape that may be cut at the end
    is not taken unless this is the `last` piece."""
    at, size = 0, len(raw)
    safe = size if last else max(size - 18, 0)
    while at < safe:
        byte = raw[at]
        if byte == 92 or byte == 37 or byte == 38:
            at += _escape(raw, at)
            continue
        kept = FOLDED[byte]
        folded[filled] = kept
        filled += kept != 0
        at += 1
    return at, filled


@numba.njit(cache=True, nogil=True)
def _among(table, mask, hashed):
    slot = (hashed * _SLOTS) >> np.uint64(20) & mask
    while table[slot] != 0:
        if table[slot] == hashed:
            return True
        slot = (slot + np.uint64(1)) & mask
    return False


@numba.njit(cache=True, nogil=True)
def fill(table, hashes):
    """Put hashes into an open-addressing table whose length is a power of two."""
    mask = np.uint64(len(table) - 1)
    for hashed in hashes:
        slot = (hashed * _SLOTS) >> np.uint64(20) & mask
        while table[slot] != 0 and table[slot] != hashed:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = hashed


@numba.njit(cache=True, nogil=True)
def sift(bits, shift, hashes):
    """Set the bit of every hash in the table that is asked first."""
    for hashed in hashes:
        place = hashed >> shift
        bits[place >> np.uint64(3)] |= np.uint8(1) << np.uint8(place & np.uint64(7))


@numba.njit(cache=True, nogil=True)
def find(octets, size, keys, bits, shift, short, long, ends, hashes, widths):
    """Ends (exclusive), hashes and widths of all windows of `octets[:size]` that are in the table `short` or `long`. Stops when the
    three arrays are full; gives (how many, where it stopped)."""
    first, second, third, fourth = keys[0], keys[1], keys[2], keys[3]
    one, two = np.uint64(0), np.uint64(0)
    found, room = 0, len(ends) - 2
    mask_short, mask_long = np.uint64(len(short) - 1), np.uint64(len(long) - 1)
    for at in range(min(15, size)):
        one = (one << _EIGHT) | np.uint64(octets[at])
        if at >= 8:
            two = (two << _EIGHT) | np.uint64(octets[at - 8])
    for at in range(15, size):
        one = (one << _EIGHT) | np.uint64(octets[at])
        two = (two << _EIGHT) | np.uint64(octets[at - 8])
        hashed = one * first + two * second
        place = hashed >> shift
        if bits[place >> np.uint64(3)] >> np.uint8(place & np.uint64(7)) & np.uint8(1):
            if found >= room:
                return found, at
            if _among(short, mask_short, hashed):
                ends[found], hashes[found], widths[found] = at + 1, hashed, 16
                found += 1
            if at >= 31:
                three, four = np.uint64(0), np.uint64(0)
                for back in range(8):
                    three = (three << _EIGHT) | np.uint64(octets[at - 23 + back])
                    four = (four << _EIGHT) | np.uint64(octets[at - 31 + back])
                whole = hashed + three * third + four * fourth
                if _among(long, mask_long, whole):
                    ends[found], hashes[found], widths[found] = at + 1, whole, 32
                    found += 1
    return found, size


@numba.njit(cache=True, nogil=True)
def unbase64(raw, letters, least, out):
    """Bytes of every run of at least `least` base64 digits (RFC 4648, either alphabet, lines of MIME joined), read from each of its first
    four digits, since a run may begin before the encoded text does. Runs of twice as many hexadecimal digits are read as such, from the
    first two. Zero bytes between. Gives how many bytes."""
    filled, start, line, plain, at, size, pairs = 0, -1, 0, True, 0, len(raw), 0
    while at <= size:
        digit = letters[raw[at]] if at < size else 255
        if at < size and _DIGITS_OF_16[raw[at]]:
            pairs += 1
        elif pairs:
            if pairs >= 2 * least:
                filled = _from_hexadecimal(raw, at - pairs, at, out, filled)
            pairs = 0
        if digit < 64:
            if start < 0:
                start, line, plain = at, 0, True
            line += 1
            plain = plain and _DIGITS_OF_16[raw[at]]
        elif start >= 0 and at < size and (raw[at] == 10 or raw[at] == 13) and (line >= 60 or line == 0):
            line = 0
        elif start >= 0:
            if at - start >= least and not plain:  # a digest is no base64
                filled = _from_digits(raw, start, at, letters, out, filled)
            start = -1
        at += 1
    return filled


@numba.njit(cache=True, nogil=True)
def _from_digits(raw, start, end, letters, out, filled):
    for skip in range(4):
        held, count, seen = 0, 0, 0
        for at in range(start, end):
            digit = letters[raw[at]]
            if digit < 64:
                seen += 1
                if seen > skip:
                    held = (held << 6) | digit
                    count += 1
                    if count == 4:
                        out[filled], out[filled + 1], out[filled + 2] = held >> 16 & 255, held >> 8 & 255, held & 255
                        filled += 3
                        held, count = 0, 0
        if count == 3:
            out[filled], out[filled + 1] = held >> 10 & 255, held >> 2 & 255
            filled += 2
        out[filled] = 0
        filled += 1
    return filled


@numba.njit(cache=True, nogil=True)
def _from_hexadecimal(raw, start, end, out, filled):
    for skip in range(2):
        held, count = 0, 0
        for at in range(start + skip, end):
            byte = raw[at]
            if byte == 10 or byte == 13:
                continue
            held = held * 16 + (byte - 48 if byte <= 57 else (byte | 32) - 87)
            count += 1
            if count == 2:
                out[filled] = held
                filled += 1
                held, count = 0, 0
        out[filled] = 0
        filled += 1
    return filled


@numba.njit(cache=True, nogil=True)
def near(held, wanted, tolerance, out):
    """Mark the rows of `held` that differ from some row of `wanted`, whose first column ascends, by less than `tolerance` everywhere."""
    first = wanted[:, 0].copy()
    for row in range(len(held)):
        at = np.searchsorted(first, held[row, 0] - tolerance)
        while at < len(first) and first[at] < held[row, 0] + tolerance:
            column = 1
            while column < held.shape[1] and abs(held[row, column] - wanted[at, column]) < tolerance:
                column += 1
            if column == held.shape[1]:
                out[row] = True
                break
            at += 1


@numba.njit(cache=True, nogil=True)
def marks(raw, pairs, magics, places, which):
    """Where one of `magics` (n × 3 bytes; a third of 0 stands for any) begins, and which. `pairs` are bits of the first two bytes of
    each. Stops when the arrays are full; gives (how many, where it stopped)."""
    found, size = 0, len(raw) - 2
    for at in range(size):
        pair = raw[at] | np.uint16(raw[at + 1]) << 8
        if pairs[pair >> 3] >> (pair & 7) & 1:
            for number in range(len(magics)):
                third = magics[number, 2]
                same = raw[at] == magics[number, 0] and raw[at + 1] == magics[number, 1] and (third == 0 or raw[at + 2] == third)
                if same and found == len(places):
                    return found, at
                if same:
                    places[found], which[found] = at, number
                    found += 1
    return found, size
