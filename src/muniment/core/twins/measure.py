"""The exact Jaccard similarity of two sets of shingles, by walking through both texts at once.

Near twins say nearly the same in nearly the same order, so most common shingles are met by stepping through both lists; only what
is left over on both sides is looked up. That is several times faster than putting one whole set into a table.
"""

import numpy as np
from numba import njit, uint64

from muniment.core.twins.kernel import Array, holds, insert, table_size

_REACH = 32  # shingles that are looked ahead to find the thread again


def workspace(longest: int) -> tuple[Array, Array, Array, Array]:
    """What `jaccard` works with, for sets of at most `longest` shingles: a table, its stamps, a rest, and the number of calls."""
    wide = table_size(longest)
    return np.empty(wide, np.uint64), np.zeros(wide, np.int64), np.empty(max(longest, 1), np.uint64), np.zeros(1, np.int64)


@njit(cache=True)
def jaccard(one, other, level, space):
    """Of two lists of distinct shingles; 0 when it does not reach `level` or when both are empty."""
    most = len(one) + len(other)
    least = np.int64(np.ceil(level / (1 + level) * most - 1e-6))  # common shingles that are needed
    if most == 0 or min(len(one), len(other)) < least:
        return 0.0
    table, stamp, rest, calls = space
    calls[0] += 1
    own, part = calls[0], uint64(table_size(len(other)) - 1)
    i, j, common, left = 0, 0, 0, 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            common, i, j = common + 1, i + 1, j + 1
            continue
        past_one, past_other = _thread(one, other, i, j)
        for place in range(i, i + past_one):
            rest[left], left = one[place], left + 1
        for place in range(j, j + past_other):
            insert(table, stamp, own, part, other[place])
        i, j = i + past_one, j + past_other
    for place in range(j, len(other)):
        insert(table, stamp, own, part, other[place])
    for place in range(i, len(one)):
        rest[left], left = one[place], left + 1
    for place in range(left):
        if common + left - place < least:
            return 0.0
        common += holds(table, stamp, own, part, rest[place])
    return common / (most - common) if common >= least else 0.0


@njit(cache=True, inline="always")
def _thread(one, other, i, j):
    """How many shingles of each to pass over so that the lists go on alike."""
    for step in range(1, _REACH):
        if i + step < len(one) and j + step < len(other) and one[i + step] == other[j + step]:
            return step, step
        if i + step < len(one) and one[i + step] == other[j]:
            return step, 0
        if j + step < len(other) and other[j + step] == one[i]:
            return 0, step
    return min(_REACH, len(one) - i), min(_REACH, len(other) - j)
