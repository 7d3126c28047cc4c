"""Words in UTF-8 buffers, read eight bytes at a time by loops that numba compiles at first use and keeps on disk.

A token is one CJK or kana code point, or a maximal run of letters, digits and `_`; ASCII letters are folded. Every hash that leaves
is finished by SplitMix64 (Steele, Lea and Flood 2014): equal text has equal hashes everywhere, whatever the platform or process. Hashes
are neither keyed nor cryptographic: what they find is verified.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types, uint8, uint64
from numba.extending import intrinsic

Array = npt.NDArray[Any]

PAD = 16  # zero bytes behind the words: eight can always be read at once
GOLDEN, TOKEN_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x9FB21C651E98DF25)
GRAM_FACTOR, _CHAIN = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_LOW, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_SEPARATOR, _WORD, _SINGLE, _BLANK = 0, 1, 2, 3


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """Eight bytes of a uint8 array as a number, from any place."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(held.data, [arguments[1]]), ir.IntType(64).as_pointer())
        value = builder.load(place)
        value.align = 1
        return value

    return types.uint64(array, types.int64), generate


@intrinsic
def trailing_zeros(typing: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@njit(cache=True, inline="always")
def mix(value):
    value = (value ^ (value >> uint64(30))) * _MIX_1
    value = (value ^ (value >> uint64(27))) * _MIX_2
    return value ^ (value >> uint64(31))


@njit(cache=True, inline="always")
def chain(state, value):
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
        high = load(words, place) & _HIGH
        if not high:
            place += 8
            continue
        place += np.int64(trailing_zeros(high) >> uint64(3))
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
def split_words(text, words, spare):
    """Words of a text, separated by zeros: the array that they are in and its size."""
    size = np.int64(len(text))
    wide = _fold_ascii(text, words)
    words[size : size + PAD] = 0
    if wide and _sort_out_wide(text, words):
        size = _set_apart(words, size, spare)
        spare[size : size + PAD] = 0
        return spare, size
    return words, size


@njit(cache=True, inline="always")
def read_word(words, place):
    """The word that begins at `place`: its hash, where it ends, whether a digit is in it (the only bytes with both high bits clear)."""
    token, digits = uint64(0), uint64(0)
    while True:
        value = load(words, place)
        zero = (value - _LOW) & ~value & _HIGH
        if not zero:
            digits |= ~value & ~(value << uint64(1)) & _HIGH
            token, place = mix(token ^ value), place + 8  # mixed whole: or what ends two eights could cancel out
            continue
        bits = trailing_zeros(zero) & ~uint64(7)
        kept = (uint64(1) << bits) - uint64(1)
        digits |= ~value & ~(value << uint64(1)) & _HIGH & kept
        return mix((token ^ (value & kept)) * TOKEN_FACTOR), place + np.int64(bits >> uint64(3)), digits != 0


@njit(cache=True, inline="always")
def next_word(words, place, end):
    """Where the next word begins from `place` on, at least `end` when there is none."""
    while place < end:
        value = load(words, place)
        filled = (((value & ~_HIGH) + ~_HIGH) | value) & _HIGH  # the high bit of every byte that is not zero
        if filled:
            return place + np.int64(trailing_zeros(filled) >> uint64(3))
        place += 8
    return place


@njit(cache=True)
def mask_digits(words, begin, end, masked, run, numbers):
    """Of a word with digits: every run of digits chained onto `masked` as one, the digits and their places onto `numbers`, and
    whether it ends in a digit. `run` says that a number before the word goes on in it."""
    for place in range(begin, end):
        byte = words[place]
        digit = 48 <= byte <= 57
        if not (digit and run):
            masked = chain(masked, uint64(48) if digit else uint64(byte))
        numbers = chain(numbers, uint64(byte) if digit else uint64(0))  # where the letters are, too: "s1e12" is not "s11e2"
        run = digit
    return masked, run, numbers


@njit(cache=True)
def hash_bytes(text):
    """Hash of the bytes as they are, eight at a time in four lanes."""
    one, two, three, four, place = uint64(len(text)), GOLDEN, TOKEN_FACTOR, GRAM_FACTOR, 0
    while place + 32 <= len(text):
        one, two = chain(one, load(text, place)), chain(two, load(text, place + 8))
        three, four = chain(three, load(text, place + 16)), chain(four, load(text, place + 24))
        place += 32
    for rest in range(place, len(text)):
        one = chain(one, uint64(text[rest]))
    return mix(one ^ mix(two ^ mix(three ^ mix(four))))


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
