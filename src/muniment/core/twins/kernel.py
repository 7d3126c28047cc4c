"""Shingles and sketches in one native pass over UTF-8 buffers.

A shingle is `size` consecutive tokens; a shorter document has the one shingle of all its tokens. Shingles roll over token hashes
(Karp and Rabin 1987).
"""

import numpy as np
from numba import njit, uint64

from muniment.core.twins.words import (
    GOLDEN,
    GRAM_FACTOR,
    PAD,
    Array,
    chain,
    hash_bytes,
    mask_digits,
    mix,
    next_word,
    read_word,
    split_words,
)

__all__ = ["Array", "band_keys", "holds", "insert", "shingle_sets", "sign", "table_size"]

SKETCH = 128  # positions of a sketch: uint16 each
TOKENS, SEQUENCE, SHAPE, NUMBERS, BYTES = range(5)  # what `sign` says of a document beside its sketch

_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)


@njit(cache=True)
def _scan(words, end, size, drop, ring, out, facts):
    """Shingles of the words into `out`; gives their number. Unless it is None, `facts` gets the number of tokens and the hashes
    of their sequence, of its shape (numbers masked) and of the numbers. "1,000" has the shape of "900", and "1.5kg" that of "2kg"."""
    sequence, shape, numbers, gram, masked = uint64(0), uint64(0), uint64(0), uint64(0), uint64(0)
    tokens, slot, place, run = 0, 0, np.int64(0), False
    while True:
        place = next_word(words, place, end)
        if place >= end:
            break
        first = place
        token, place, digits = read_word(words, place)
        gram = gram * GRAM_FACTOR + token
        if tokens >= size:
            gram -= ring[slot] * drop
        ring[slot] = token
        slot = slot + 1 if slot + 1 < size else 0
        tokens += 1
        if tokens >= size:
            out[tokens - size] = mix(gram)
        if facts is not None:
            sequence = chain(sequence, token)
            on = run and 48 <= words[first] <= 57
            if not on:
                shape, masked, run = chain(shape, masked), uint64(0), False
            if digits:
                masked, run, numbers = mask_digits(words, first, place, masked, run, chain(numbers, uint64(2) + uint64(on)))
            else:
                masked = token
    if facts is not None:
        facts[TOKENS], facts[SEQUENCE], facts[SHAPE], facts[NUMBERS] = (
            uint64(tokens),
            mix(sequence),
            mix(chain(shape, masked)),
            mix(numbers),
        )
    if 0 < tokens < size:
        out[0] = mix(gram + uint64(tokens))
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
        salt = uint64(turn) * GOLDEN
        for shingle in shingles:
            value = mix(shingle + salt)
            place = value & uint64(SKETCH - 1) if turn < SKETCH else uint64(turn - SKETCH)
            value >>= uint64(7)
            if vacant[place] and value < least[place]:
                least[place] = value
        turn += 1
    # The low bits of a least value are uniform, the high ones are not (b-bit minwise hashing, Li and König 2010).
    for place in range(SKETCH):
        sketch[place] = np.uint16(least[place] & uint64(0xFFFF))


@njit(cache=True)
def _power(size):
    power = uint64(1)
    for _ in range(size):
        power *= GRAM_FACTOR
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
    words, spare = np.empty(longest + PAD, np.uint8), np.empty(2 * longest + PAD, np.uint8)
    shingles, ring = np.empty(longest + 1, np.uint64), np.zeros(size, np.uint64)
    least, vacant = np.empty(SKETCH, np.uint64), np.empty(SKETCH, np.bool_)
    for row in range(count):
        split, end = split_words(data[offsets[row] : offsets[row + 1]], words, spare)
        found = _scan(split, end, size, drop, ring, shingles, facts[row])
        facts[row, BYTES] = hash_bytes(data[offsets[row] : offsets[row + 1]])
        if found:
            _sketch(shingles[:found], least, vacant, sketches[row])
    return sketches, facts


@njit(cache=True, nogil=True)
def shingle_sets(data, offsets, rows, size, values, end):
    """Distinct shingles of the texts `rows` into `values` from `end` on, one after the other; gives where each begins
    (len(rows) + 1). Raises `ValueError` without room for as many shingles as the texts have tokens."""
    longest, drop = _longest(offsets), _power(size)
    words, spare = np.empty(longest + PAD, np.uint8), np.empty(2 * longest + PAD, np.uint8)
    shingles, ring = np.empty(longest + 1, np.uint64), np.zeros(size, np.uint64)
    wide = table_size(longest // 2 + 1)
    table, stamp = np.empty(wide, np.uint64), np.full(wide, -1, np.int32)
    starts = np.empty(len(rows) + 1, np.int64)
    starts[0] = end
    for number in range(len(rows)):
        row = rows[number]
        split, length = split_words(data[offsets[row] : offsets[row + 1]], words, spare)
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
def band_keys(sketches, band, rows):
    """Key of one band of every sketch (uint32): of the `rows` positions from `band * rows` on."""
    keys = np.empty(len(sketches), np.uint32)
    for row in range(len(sketches)):
        key = uint64(band + 1) * GOLDEN
        for place in range(band * rows, (band + 1) * rows):
            key = chain(key, uint64(sketches[row, place]))
        keys[row] = np.uint32(mix(key) >> uint64(32))
    return keys
