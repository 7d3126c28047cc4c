"""Which documents may be near duplicates: locality-sensitive banding of sketches (Indyk and Motwani 1998)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from muniment.core.twins.kernel import SKETCH, Array

BANDS, ROWS = 25, 5  # a pair of Jaccard .8 shares a band with probability .99995, one of .7 with .990, one of .5 with .55
SLACK = 0.12  # a pair is looked at from an estimate of the level less this: 3.4 standard deviations of a sketch's estimate at .8


@dataclass(frozen=True)
class Groups:
    """For each document of n, and each band, the number of the group that shares its key; -1 where it is alone.

    `of` is (m, BANDS + 1) int32 over the m distinct token sequences (and shingle sizes), its last column the group of equal sequences
    of any size; `sequence` (n, int32) says which row of it is a document's. `count` groups are numbered from 0.
    """

    of: Array
    sequence: Array
    count: int

    @property
    def shared(self) -> Array:
        """Which documents are in any group."""
        return np.asarray((self.of >= 0).any(axis=1))[self.sequence]

    def only(self, rows: Array) -> "Groups":
        """The same of some of the documents, in this order."""
        used, sequence = np.unique(self.sequence[rows], return_inverse=True)
        return Groups(self.of[used], sequence.astype(np.int32), self.count)

    @property
    def near(self) -> Array:
        """Which of the m sequences share a band with another sequence."""
        return np.asarray((self.of[:, :BANDS] >= 0).any(axis=1))


def group(keys_of: Callable[[int], Array], sequences: Array, tokens: Array, ngrams: Array) -> Groups:
    """Group n documents by band keys; those without a token only with their equals.

    `keys_of` gives the keys (n, uint32) of a band, `sequences` (n, uint64) are hashes of whole token sequences: copies of one shingle size take part in banding once.
    """
    sized = sequences ^ (ngrams - ngrams.min(initial=32)).astype(np.uint64)
    _, first, sequence = np.unique(sized, return_index=True, return_inverse=True)
    of = np.full((len(first), BANDS + 1), -1, np.int32)
    filled = np.flatnonzero(tokens[first] > 0)
    count = 0
    for band in range(BANDS):
        keys = keys_of(band)[first[filled]]
        count = _number(keys, np.argsort(keys), filled, of[:, band], count)
    equal = np.unique(sequences[first], return_inverse=True)[1]
    copied = np.bincount(equal[sequence]) > 1
    of[:, BANDS] = np.where(copied, count + np.cumsum(copied) - 1, -1)[equal]
    return Groups(of, sequence.astype(np.int32), count + int(copied.sum()))


@njit(cache=True, inline="always")
def agreement(one, other):
    """How many positions of two sketches are equal."""
    alike = 0
    for place in range(SKETCH):
        alike += one[place] == other[place]
    return alike


@njit(cache=True)
def _number(keys, order, rows, of, count):
    """Number the groups of equal keys that have more than one row, from `count` on; gives the next free number."""
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and keys[order[end]] == keys[order[begin]]:
            end += 1
        if end - begin > 1:
            for place in range(begin, end):
                of[rows[order[place]]] = count
            count += 1
        begin = end
    return count
