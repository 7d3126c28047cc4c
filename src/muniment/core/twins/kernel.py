"""Native loops over UTF-8 buffers: words, shingles and sketches in one pass, compiled by numba at first use and kept on disk.

A token is one CJK or kana code point, or a maximal run of letters, digits and `_`; ASCII letters are folded. A shingle is `size`
consecutive tokens; a shorter document has the one shingle of all its tokens. Words are read eight bytes at a time, shingles roll over
token hashes (Karp and Rabin 1987), and every hash that leaves is finished by SplitMix64 (Steele, Lea and Flood 2014): equal text has
equal hashes everywhere, whatever the platform, process or row order. Hashes are neither keyed nor cryptographic: what they find
is verified.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types, uint8, uint64
from numba.extending import intrinsic

Array = npt.NDArray[Any]

SKETCH = 128  # positions of a sketch: uint16 each
TOKENS, SEQUENCE, SHAPE, NUMBERS, BYTES = range(5)  # what `sign` says of a document beside its sketch

_PAD = 16  # zero bytes behind the words: eight can always be read at once
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_GOLDEN, _TOKEN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x9FB21C651E98DF25)
_GRAM, _CHAIN = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SEPARATOR, _WORD, _SINGLE, _BLANK = 0, 1, 2, 3


@intrinsic
def _load(typing: Any, array: Any, index: Any) -> Any:
    """Eight bytes of a uint8 array as a number, from any place."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(held.data, [arguments[1]]), ir.IntType(64).as_pointer())
        value = builder.load(place)
        value.align = 1
        return value

    return types.uint64(array, types.int64), generate


@intrinsic
def _trailing_zeros(typing: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@njit(cache=True, inline="always")
def _mix(value):
    value = (value ^ (value >> uint64(30))) * _MIX_1
    value = (value ^ (value >> uint64(27))) * _MIX_2
    return value ^ (value >> uint64(31))


@njit(cache=True, inline="always")
def _chain(state, value):
    state = (state ^ value) * _CHAIN
    return state ^ (state >> uint64(32))


@njit(cache=True)
def _role(point):
    """Role of a code point beyond ASCII."""
    if 0x3040 <= point <= 0x9FFF:
        return _SINGLE
    if 0xC0 <= point <= 0x1FFF or 0x2080 <= point <= 0x2FFF or point >= 0xA000:
        return _WORD
    if 0x2000 <= point <= 0x200A or point in (0x85, 0xA0, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000):
        return _BLANK
    return _SEPARATOR


@njit(cache=True)
def _decode(text, place):
    """The code point beyond ASCII that begins at `place`, and how many bytes it takes."""
    lead = text[place]
    width = min(4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2, len(text) - place)
    point = np.int64(lead & (0x7F >> width))
    for step in range(1, width):
        point = (point << 6) | np.int64(text[place + step] & 0x3F)
    return point, width


@njit(cache=True)
def _fold_ascii(text, words):
    """Copy letters (folded), digits, `_` and all beyond ASCII; everything else becomes zero. Plain enough to be vectorised."""
    wide = uint8(0)
    for place in range(len(text)):
        byte = text[place]
        wide |= byte
        lower = uint8(byte | uint8(32))
        letter = uint8(lower - uint8(97)) < uint8(26)
        other = (uint8(byte - uint8(48)) < uint8(10)) | (byte == uint8(95)) | (byte >= uint8(128))
        words[place] = lower if letter else (byte if other else uint8(0))
    return wide >= uint8(128)


@njit(cache=True)
def _sort_out_wide(text, words):
    """Zero what separates words beyond ASCII; says whether a code point is a token by itself."""
    single, place = False, np.int64(0)
    while place < len(text):
        high = _load(words, place) & _HIGH
        if not high:
            place += 8
            continue
        place += np.int64(_trailing_zeros(high) >> uint64(3))
        if place >= len(text):
            break
        point, width = _decode(text, place)
        role = _role(point)
        single |= role == _SINGLE
        if role in (_SEPARATOR, _BLANK):
            words[place : place + width] = 0
        place += width
    return single


@njit(cache=True)
def _set_apart(words, size, out):
    """Copy `words` with zeros around every code point that is a token by itself; gives the new size."""
    place, end = np.int64(0), np.int64(0)
    while place < size:
        width, single = 1, False
        if words[place] >= 128:
            point, width = _decode(words[:size], place)
            single = _role(point) == _SINGLE
        if single:
            out[end], end = 0, end + 1
        out[end : end + width] = words[place : place + width]
        end, place = end + width, place + width
        if single:
            out[end], end = 0, end + 1
    return end


@njit(cache=True)
def _split(text, words, spare):
    """Words of a text, separated by zeros: the array that they are in and its size."""
    size = np.int64(len(text))
    wide = _fold_ascii(text, words)
    words[size : size + _PAD] = 0
    if wide and _sort_out_wide(text, words):
        size = _set_apart(words, size, spare)
        spare[size : size + _PAD] = 0
        return spare, size
    return words, size


@njit(cache=True, inline="always")
def _word(words, place):
    """The word that begins at `place`: its hash, where it ends, whether a digit is in it (the only bytes with both high bits clear)."""
    token, digits = uint64(0), uint64(0)
    while True:
        value = _load(words, place)
        zero = (value - _LOW) & ~value & _HIGH
        if not zero:
            digits |= ~value & ~(value << uint64(1)) & _HIGH
            token, place = _mix(token ^ value), place + 8  # mixed whole: or what ends two eights could cancel out
            continue
        bits = _trailing_zeros(zero) & ~uint64(7)
        kept = (uint64(1) << bits) - uint64(1)
        digits |= ~value & ~(value << uint64(1)) & _HIGH & kept
        return _mix((token ^ (value & kept)) * _TOKEN), place + np.int64(bits >> uint64(3)), digits != 0


@njit(cache=True, inline="always")
def _next_word(words, place, end):
    """Where the next word begins from `place` on, at least `end` when there is none."""
    while place < end:
        value = _load(words, place)
        filled = (((value & ~_HIGH) + ~_HIGH) | value) & _HIGH  # the high bit of every byte that is not zero
        if filled:
            return place + np.int64(_trailing_zeros(filled) >> uint64(3))
        place += 8
    return place


@njit(cache=True)
def _mask(words, begin, end, masked, run, numbers):
    """Of a word with digits: every run of digits chained onto `masked` as one, the digits and their places onto `numbers`, and
    whether it ends in a digit. `run` says that a number before the word goes on in it."""
    for place in range(begin, end):
        byte = words[place]
        digit = 48 <= byte <= 57
        if not (digit and run):
            masked = _chain(masked, uint64(48) if digit else uint64(byte))
        numbers = _chain(numbers, uint64(byte) if digit else uint64(0))  # where the letters are, too: "s1e12" is not "s11e2"
        run = digit
    return masked, run, numbers


@njit(cache=True)
def _scan(words, end, size, drop, ring, out, facts):
    """Shingles of the words into `out`; gives their number. Unless it is None, `facts` gets the number of tokens and the hashes
    of their sequence, of its shape (numbers masked) and of the numbers. "1,000" has the shape of "900", and "1.5kg" that of "2kg"."""
    sequence, shape, numbers, gram, masked = uint64(0), uint64(0), uint64(0), uint64(0), uint64(0)
    tokens, slot, place, run = 0, 0, np.int64(0), False
    while True:
        place = _next_word(words, place, end)
        if place >= end:
            break
        first = place
        token, place, digits = _word(words, place)
        gram = gram * _GRAM + token
        if tokens >= size:
            gram -= ring[slot] * drop
        ring[slot] = token
        slot = slot + 1 if slot + 1 < size else 0
        tokens += 1
        if tokens >= size:
            out[tokens - size] = _mix(gram)
        if facts is not None:
            sequence = _chain(sequence, token)
            on = run and 48 <= words[first] <= 57
            if not on:
                shape, masked, run = _chain(shape, masked), uint64(0), False
            if digits:
                masked, run, numbers = _mask(words, first, place, masked, run, _chain(numbers, uint64(2) + uint64(on)))
            else:
                masked = token
    if facts is not None:
        facts[TOKENS], facts[SEQUENCE], facts[SHAPE], facts[NUMBERS] = (
            uint64(tokens),
            _mix(sequence),
            _mix(_chain(shape, masked)),
            _mix(numbers),
        )
    if 0 < tokens < size:
        out[0] = _mix(gram + uint64(tokens))
        return 1
    return max(tokens - size + 1, 0)


@njit(cache=True, inline="always")
def _vacancies(least, vacant):
    """Mark the positions that nothing has reached; says whether there are any."""
    left = 0
    for place in range(SKETCH):
        vacant[place] = least[place] == _EMPTY
        left += vacant[place]
    return left > 0


@njit(cache=True)
def _sketch(shingles, least, vacant, sketch):
    """FastSimilaritySketch (Dahlgaard, Knudsen and Thorup 2017, arXiv:1704.04370): shingles are thrown into positions, round after
    round until none is vacant; a position keeps the least hash of the first round that reached it. O(n + k log k), and less error
    than MinHash."""
    least[:] = _EMPTY
    for shingle in shingles:  # the first round fills nearly all; without a branch, since no processor could foretell it
        place, value = shingle & uint64(SKETCH - 1), shingle >> uint64(7)
        least[place] = min(least[place], value)
    turn = 1
    while turn < 2 * SKETCH and _vacancies(least, vacant):
        salt = uint64(turn) * _GOLDEN
        for shingle in shingles:
            value = _mix(shingle + salt)
            place = value & uint64(SKETCH - 1) if turn < SKETCH else uint64(turn - SKETCH)
            value >>= uint64(7)
            if vacant[place] and value < least[place]:
                least[place] = value
        turn += 1
    # The low bits of a least value are uniform, the high ones are not (b-bit minwise hashing, Li and König 2010).
    for place in range(SKETCH):
        sketch[place] = np.uint16(least[place] & uint64(0xFFFF))


@njit(cache=True)
def _bytes(text):
    """Hash of the bytes as they are, eight at a time in four lanes."""
    one, two, three, four, place = uint64(len(text)), _GOLDEN, _TOKEN, _GRAM, 0
    while place + 32 <= len(text):
        one, two = _chain(one, _load(text, place)), _chain(two, _load(text, place + 8))
        three, four = _chain(three, _load(text, place + 16)), _chain(four, _load(text, place + 24))
        place += 32
    for rest in range(place, len(text)):
        one = _chain(one, uint64(text[rest]))
    return _mix(one ^ _mix(two ^ _mix(three ^ _mix(four))))


@njit(cache=True)
def _power(size):
    power = uint64(1)
    for _ in range(size):
        power *= _GRAM
    return power


@njit(cache=True)
def _longest(offsets):
    longest = np.int64(0)
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@njit(cache=True, nogil=True)
def sign(data, offsets, size):
    """Of n texts data[offsets[d]:offsets[d + 1]]: sketches (n × 128 uint16; zeros without a token) and facts (n × 5 uint64)."""
    count, longest, drop = len(offsets) - 1, _longest(offsets), _power(size)
    sketches, facts = np.zeros((count, SKETCH), np.uint16), np.zeros((count, 5), np.uint64)
    words, spare = np.empty(longest + _PAD, np.uint8), np.empty(2 * longest + _PAD, np.uint8)
    shingles, ring = np.empty(longest + 1, np.uint64), np.zeros(size, np.uint64)
    least, vacant = np.empty(SKETCH, np.uint64), np.empty(SKETCH, np.bool_)
    for row in range(count):
        split, end = _split(data[offsets[row] : offsets[row + 1]], words, spare)
        found = _scan(split, end, size, drop, ring, shingles, facts[row])
        facts[row, BYTES] = _bytes(data[offsets[row] : offsets[row + 1]])
        if found:
            _sketch(shingles[:found], least, vacant, sketches[row])
    return sketches, facts


@njit(cache=True, nogil=True)
def shingle_sets(data, offsets, rows, size, values, end):
    """Distinct shingles of the texts `rows` into `values` from `end` on, one after the other; gives where each begins
    (len(rows) + 1). Raises `ValueError` without room for as many shingles as the texts have tokens."""
    longest, drop = _longest(offsets), _power(size)
    words, spare = np.empty(longest + _PAD, np.uint8), np.empty(2 * longest + _PAD, np.uint8)
    shingles, ring = np.empty(longest + 1, np.uint64), np.zeros(size, np.uint64)
    wide = table_size(longest // 2 + 1)
    table, stamp = np.empty(wide, np.uint64), np.full(wide, -1, np.int32)
    starts = np.empty(len(rows) + 1, np.int64)
    starts[0] = end
    for number in range(len(rows)):
        row = rows[number]
        split, length = _split(data[offsets[row] : offsets[row + 1]], words, spare)
        found = _scan(split, length, size, drop, ring, shingles, None)
        if end + found > len(values):
            raise ValueError("more shingles than the signatures of these texts say")
        part = uint64(min(table_size(found), wide) - 1)
        for shingle in shingles[:found]:
            if insert(table, stamp, number, part, shingle):
                values[end], end = shingle, end + 1
        starts[number + 1] = end
    return starts


@njit(cache=True, inline="always")
def insert(table, stamp, own, part, value):
    """Put a value into an open-addressing table in which only entries stamped `own` count; False when it is there already."""
    place = value & part
    while stamp[place] == own:
        if table[place] == value:
            return False
        place = (place + uint64(1)) & part
    stamp[place], table[place] = own, value
    return True


@njit(cache=True, inline="always")
def holds(table, stamp, own, part, value):
    """Whether a value is in such a table."""
    place = value & part
    while stamp[place] == own:
        if table[place] == value:
            return True
        place = (place + uint64(1)) & part
    return False


@njit(cache=True)
def table_size(count):
    """Entries of a table for so many values: a power of two, at most half full, so that a small document's stays in the cache."""
    size = np.int64(16)
    while size < 2 * count:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def fold(text, out):
    """A text as exact duplicates are compared, into `out`: ASCII letters folded, white space made one space and trimmed; gives its
    length in bytes."""
    end, blank, place = np.int64(0), False, np.int64(0)
    while place < len(text):
        byte, width, role = text[place], 1, _WORD
        if byte <= 32:
            role = _BLANK if byte == 32 or 9 <= byte <= 13 else _WORD
        elif byte >= 128:
            point, width = _decode(text, place)
            role = _role(point)
        if role == _BLANK:
            blank, place = True, place + width
            continue
        if blank and end:
            out[end], end = 32, end + 1
        blank = False
        out[end] = byte + 32 if uint8(byte - uint8(65)) < uint8(26) else byte
        for step in range(1, width):
            out[end + step] = text[place + step]
        end, place = end + width, place + width
    return end


@njit(cache=True, nogil=True)
def band_keys(sketches, band, rows):
    """Key of one band of every sketch (uint32): of the `rows` positions from `band * rows` on."""
    keys = np.empty(len(sketches), np.uint32)
    for row in range(len(sketches)):
        key = uint64(band + 1) * _GOLDEN
        for place in range(band * rows, (band + 1) * rows):
            key = _chain(key, uint64(sketches[row, place]))
        keys[row] = np.uint32(_mix(key) >> uint64(32))
    return keys
