"""Rules word for word: a rule is looked for where its first tokens stand, and holds where the hash of the whole run is its own."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from muniment.core.licences.matching.runs import Array, find, powers, run, running, runs, shelves, shift_of
from muniment.core.tokens import Tokens

ANCHORS = (1, 2, 4, 8, 16)  # a rule is found by its first tokens, as many of these as it has
_SIZES = np.array(ANCHORS)
_HEADS = 1 << 16  # a shelf for each value of the highest bits of a rule's first token


@dataclass(frozen=True)
class Exact:
    """Rule r has `lengths[r]` tokens, whose run has the hash `hashes[r]`. The rules of anchor i, whose hash is `anchors[i]`, are
    `members[bounds[i]:bounds[i + 1]]`; `heads` has a bit for each size of the anchors that begin with such a token."""

    lengths: Array
    hashes: Array
    anchors: Array
    shelf: Array
    bounds: Array
    members: Array
    heads: Array


def index_exact(tokens: Tokens, kept: Array) -> Exact:
    """Index the documents `kept` (rows that have tokens) as rules 0, 1, …"""
    lengths, start = tokens.counts[kept], tokens.offsets[:-1][kept]
    sums, factors = running(tokens.hashes), powers(int(lengths.max(initial=ANCHORS[-1])))
    sizes = np.searchsorted(_SIZES, lengths, side="right") - 1
    heads = runs(sums, factors, start, _SIZES[sizes])
    anchors, of = np.unique(heads, return_inverse=True)
    order = np.argsort(of, kind="stable")
    bits = np.zeros(_HEADS, np.uint8)
    np.bitwise_or.at(bits, _head(tokens.hashes[start]), (1 << sizes).astype(np.uint8))
    return Exact(
        lengths,
        runs(sums, factors, start, lengths),
        anchors,
        shelves(anchors),
        np.searchsorted(of[order], np.arange(len(anchors) + 1)),
        order,
        bits,
    )


def find_exact(tokens: Tokens, sums: Array, index: Exact) -> tuple[Array, Array, Array]:
    """All places of all rules: document, rule, and first token in the column, in order of place."""
    factors = powers(int(index.lengths.max(initial=ANCHORS[-1])))
    room = len(tokens.hashes) // 2 + 1024
    while True:
        doc, rule, first = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
        found = _find(
            tokens.hashes,
            tokens.offsets,
            sums,
            factors,
            _SIZES,
            index.heads,
            index.anchors,
            index.shelf,
            index.bounds,
            index.members,
            index.lengths,
            index.hashes,
            doc,
            rule,
            first,
        )
        if found <= room:
            return doc[:found], rule[:found], first[:found]
        room = found


def _head(hashes: Array) -> Array:
    return (hashes >> np.uint64(48)).astype(np.int64)


@njit(cache=True, nogil=True)
def _find(hashes, offsets, sums, factors, sizes, heads, anchors, shelf, bounds, members, lengths, wanted, doc, rule, first):
    """Write the places as far as there is room; how many they are."""
    count, shift = 0, shift_of(shelf)
    for document in range(len(offsets) - 1):
        end = offsets[document + 1]
        for place in range(offsets[document], end):
            bits, step = heads[hashes[place] >> np.uint64(48)], -1
            while bits:
                step += 1
                begins, bits = bits & 1, bits >> 1
                last = place + sizes[step]
                if not begins or last > end:
                    continue
                anchor = find(anchors, shelf, shift, run(sums, factors[sizes[step]], place, last))
                if anchor < 0:
                    continue
                for member in members[bounds[anchor] : bounds[anchor + 1]]:
                    last = place + lengths[member]
                    if last <= end and run(sums, factors[lengths[member]], place, last) == wanted[member]:
                        if count < len(doc):
                            doc[count], rule[count], first[count] = document, member, place
                        count += 1
    return count
