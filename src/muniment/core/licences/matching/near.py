"""Rules nearly word for word: at least 80% of a rule's distinct five-token shingles inside one window of the document.

The window is the one that holds most, leftmost of these, less what it could do without at its end and then at its begin; then so again
in what lies before it and in what lies after it.

A text that holds so many must hold one of the rule's rarest shingles (prefix filtering: Chaudhuri, Ganti and Kaushik 2006), so that few
rules are looked at, and most of these are left at once, for the rarest are looked for first.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from muniment.core.licences.matching.runs import Array, find, find_all, powers, run, running, shelves, shift_of
from muniment.core.tokens import Tokens

SHINGLE, LEAST_NEAR = 5, 20
MISSING = 5  # one of so many shingles may be missing: 80% must be there
STRETCH = 1.3  # a window is so much longer than the rule


@dataclass(frozen=True)
class Near:
    """`shingles` are the sorted hashes of all shingles; those of rule r, rarest first, are `own[bounds[r]:bounds[r + 1]]`, indexes into
    them. `missing[r]` of these may be missing and the rule still holds. The rules that have shingle s among the rarest, of which a
    text needs one, are `owners[starts[s]:starts[s + 1]]`."""

    shingles: Array
    shelf: Array
    own: Array
    bounds: Array
    missing: Array
    owners: Array
    starts: Array


def index_near(tokens: Tokens, kept: Array, eligible: Array) -> Near:
    """Index those of the documents `kept`, which are the rules 0, 1, …, that are `eligible` and have tokens enough."""
    eligible = eligible & (tokens.counts[kept] >= LEAST_NEAR)
    hashes, counts = _shingles(running(tokens.hashes), tokens.offsets, kept, eligible, powers(SHINGLE)[SHINGLE])
    shingles = np.sort(hashes)
    shingles = shingles[np.append(True, shingles[1:] != shingles[:-1])] if len(shingles) else shingles
    shelf = shelves(shingles)
    own, bounds = _distinct(find_all(shingles, shelf, hashes), counts, len(shingles))
    _rarest_first(own, bounds, np.bincount(own, minlength=len(shingles)))
    sizes = np.diff(bounds)
    missing = (sizes // MISSING).astype(np.int32)
    owners, starts = _owners(own, bounds, missing, len(shingles))
    return Near(shingles, shelf, own, bounds, missing, owners, starts)


def find_near(tokens: Tokens, sums: Array, covered: Array, index: Near, lengths: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Near matches of rules one of whose rarest shingles begins at a token that is not `covered`, all in such documents: document, rule, first and last token
    in the column, and the share of the rule's shingles between them."""
    found = _find(
        tokens.offsets,
        sums,
        powers(SHINGLE)[SHINGLE],
        covered,
        index.shingles,
        index.shelf,
        index.own,
        index.bounds,
        index.missing,
        index.owners,
        index.starts,
        (STRETCH * lengths).astype(np.int64),
    )
    doc, rule, first, last, held = found.T
    return doc, rule, first, last, held / np.diff(index.bounds)[rule]


@njit(cache=True, nogil=True)
def _find(offsets, sums, factor, covered, shingles, shelf, own, bounds, missing, owners, starts, widths):
    longest = np.max(np.diff(offsets)) if len(offsets) > 1 else 0
    at = np.empty(longest, np.int32)  # of each place in a document, its shingle, or -1
    number = np.zeros(len(shingles), np.int32)  # of each shingle, its number; those of a document begin at `base`
    local = np.empty(longest, np.int32)  # of each place, that shingle's number less `base`, or -1
    marks = np.empty(longest, np.int32)  # of each number in a document, the rule that was last seen to have it
    times = np.zeros(longest, np.int32)
    places, waits = np.empty(longest, np.int32), np.empty((longest + 1, 2), np.int64)
    looked = np.full(len(bounds) - 1, -1, np.int32)  # of each rule, the document in which it was last looked for
    rules = np.empty(len(bounds) - 1, np.int32)
    found, count, base = np.empty((64, 5), np.int64), 0, 1
    for doc in range(len(offsets) - 1):
        begin, end = offsets[doc], max(offsets[doc + 1] - SHINGLE + 1, offsets[doc])
        following = _read(sums, factor, begin, end, shingles, shelf, at, local, number, base)
        marks[: following - base] = -1
        for candidate in range(_candidates(doc, at, covered[begin:end], owners, starts, looked, rules)):
            rule = rules[candidate]
            shares = own[bounds[rule] : bounds[rule + 1]]
            least = len(shares) - missing[rule]
            if not _holds(rule, shares, least, number, base, marks):
                continue
            low, high, waiting = 0, _standing(rule, local[: end - begin], marks, places), 0
            while True:
                left, right, held = _window(local, places, low, high, times, widths[rule], least)
                if held >= least:
                    if count == len(found):
                        found = np.concatenate((found, np.empty_like(found)))
                    found[count, 0], found[count, 1], found[count, 4] = doc, rule, held
                    found[count, 2], found[count, 3] = begin + places[left], begin + places[right - 1] + SHINGLE
                    count += 1
                    waiting = _wait(low, left, waits, waiting, least)
                    waiting = _wait(right, high, waits, waiting, least)
                if not waiting:
                    break
                waiting -= 1
                low, high = waits[waiting, 0], waits[waiting, 1]
        base = following
    return found[:count]


@njit(cache=True, nogil=True)
def _read(sums, factor, begin, end, shingles, shelf, at, local, number, base):
    """Find the shingles of a document and number those that rules have in order from `base`; the first number not given."""
    shift, following = shift_of(shelf), base
    for place in range(begin, end):
        shingle = find(shingles, shelf, shift, run(sums, factor, place, place + SHINGLE))
        at[place - begin], local[place - begin] = shingle, -1
        if shingle >= 0:
            if number[shingle] < base:
                number[shingle] = following
                following += 1
            local[place - begin] = number[shingle] - base
    return following


@njit(cache=True, nogil=True)
def _candidates(doc, at, covered, owners, starts, looked, rules):
    """Collect the rules that have one of their rarest shingles where the document is not covered; how many they are."""
    count = 0
    for place in range(len(covered)):
        if at[place] >= 0 and not covered[place]:
            for rule in owners[starts[at[place]] : starts[at[place] + 1]]:
                if looked[rule] != doc:
                    looked[rule] = doc
                    rules[count] = rule
                    count += 1
    return count


@njit(cache=True, nogil=True)
def _holds(rule, shares, least, number, base, marks):
    """Mark the rule's shingles that the document has; whether they are enough."""
    spare = len(shares) - least
    for shingle in shares:
        if number[shingle] >= base:
            marks[number[shingle] - base] = rule
        else:
            spare -= 1
            if spare < 0:
                return False
    return True


@njit(cache=True, nogil=True)
def _standing(rule, local, marks, places):
    """Collect the places where marked shingles stand; how many they are."""
    count = 0
    for place in range(len(local)):
        if local[place] >= 0 and marks[local[place]] == rule:
            places[count] = place
            count += 1
    return count


@njit(cache=True, nogil=True)
def _window(local, places, low, high, times, width, least):
    """The shortest stretch of places[low:high], of several the leftmost, that holds as many distinct shingles as any window of `width`: its
    own part of the places, and how many it holds. Where that is less than `least`, only the number counts."""
    most, right, held = 0, low, 0
    for left in range(low, high):
        while right < high and places[right] < places[left] + width:
            held += _came(times, local[places[right]])
            right += 1
        most = max(most, held)
        held -= _went(times, local[places[left]])
    if most < least:
        return low, low, most
    first, last, left, held, shortest = low, high, low, 0, np.int64(width)
    for right in range(low, high):
        held += _came(times, local[places[right]])
        while held >= most:
            if places[right] - places[left] < shortest:
                first, last, shortest = left, right + 1, places[right] - places[left]
            held -= _went(times, local[places[left]])
            left += 1
    for place in range(left, high):
        times[local[places[place]]] = 0
    return first, last, most


@njit(cache=True, inline="always")
def _came(times, shingle):
    """Count a shingle in; whether it is the first of its kind."""
    times[shingle] += 1
    return times[shingle] == 1


@njit(cache=True, inline="always")
def _went(times, shingle):
    """Count a shingle out; whether it was the last of its kind."""
    times[shingle] -= 1
    return times[shingle] == 0


@njit(cache=True, inline="always")
def _wait(low, high, waits, waiting, least):
    """Keep a stretch that has places enough to be looked through later; how many wait."""
    if high - low < least:
        return waiting
    waits[waiting, 0], waits[waiting, 1] = low, high
    return waiting + 1


@njit(cache=True, nogil=True)
def _shingles(sums, offsets, kept, eligible, factor):
    """Hashes of all shingles of the eligible documents, one after the other, and how many are each one's."""
    counts = np.zeros(len(kept), np.int64)
    for rule in range(len(kept)):
        if eligible[rule]:
            counts[rule] = offsets[kept[rule] + 1] - offsets[kept[rule]] - SHINGLE + 1
    hashes, count = np.empty(counts.sum(), np.uint64), 0
    for rule in range(len(kept)):
        for place in range(offsets[kept[rule]], offsets[kept[rule]] + counts[rule]):
            hashes[count] = run(sums, factor, place, place + SHINGLE)
            count += 1
    return hashes, counts


@njit(cache=True, nogil=True)
def _distinct(shingles, counts, size):
    """The distinct ones of each rule's shingles, one rule after the other, and where each rule's begin and end."""
    last = np.full(size, -1, np.int32)
    own, bounds = np.empty(len(shingles), np.int32), np.zeros(len(counts) + 1, np.int64)
    count, place = 0, 0
    for rule in range(len(counts)):
        for shingle in shingles[place : place + counts[rule]]:
            if last[shingle] != rule:
                last[shingle] = rule
                own[count] = shingle
                count += 1
        place += counts[rule]
        bounds[rule + 1] = count
    return own[:count].copy(), bounds


@njit(cache=True, nogil=True)
def _rarest_first(own, bounds, spread):
    """Sort each rule's shingles by the number of rules that have them, equally rare ones by their hash."""
    for rule in range(len(bounds) - 1):
        shingles = own[bounds[rule] : bounds[rule + 1]]
        order = np.empty(len(shingles), np.int64)
        for place in range(len(shingles)):
            order[place] = spread[shingles[place]] << 32 | shingles[place]
        order.sort()
        for place in range(len(shingles)):
            shingles[place] = order[place] & 0xFFFFFFFF


@njit(cache=True, nogil=True)
def _owners(own, bounds, missing, size):
    """Of each shingle the rules that have it among their rarest, one more than may be missing, and where each shingle's begin and end."""
    starts = np.zeros(size + 2, np.int64)
    for rule in range(len(missing)):
        for shingle in own[bounds[rule] : min(bounds[rule] + missing[rule] + 1, bounds[rule + 1])]:
            starts[shingle + 2] += 1
    starts = np.cumsum(starts)
    owners = np.empty(starts[-1], np.int32)
    for rule in range(len(missing)):
        for shingle in own[bounds[rule] : min(bounds[rule] + missing[rule] + 1, bounds[rule + 1])]:
            owners[starts[shingle + 1]] = rule
            starts[shingle + 1] += 1
    return owners, starts[:-1]
