"""BM25 (Robertson and Zaragoza 2009), and neighbouring words, over what may be read and nothing else.

How many passages there are, how many hold a word and how long they are on average is counted over the allowed passages, so that scores
are those of a corpus in which nothing else exists, to the last bit. What is skipped for speed cannot change the answer: a passage
that could no longer come among the best (Turtle and Flood 1995).

Words that stand side by side in the query and in a passage count once more, as sequential dependence has it (Metzler and Croft 2005),
in BM25's own form (Rasolofo and Savoy 2003): of a pair, the weights of both words, saturated by how often it stands there.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from muniment.core.words.postings import Postings

K1, B = 0.82, 0.68  # Anserini's for passages, found on MS MARCO
NEIGHBOURS = 0.2  # weight of pairs of neighbours
DEPTH = 100  # of so many passages, those best by their words, neighbours are looked at
_FEW = 16  # so many times fewer allowed passages than postings: each allowed one is looked up
_LONG = 1024  # postings of a word; for fewer it is not worth while to see what can be skipped
_SLACK = 1 + 1e-9  # of a bound, for rounding

Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


class Matches(NamedTuple):
    """The best positions and their scores, best first, ties by position. No passage can score more than `ideal`."""

    scores: Scores
    positions: Positions
    ideal: float


def search(
    held: Postings, said: Sequence[Sequence[str]], k: int, allowed: npt.NDArray[np.bool_] | None, neighbours: float = NEIGHBOURS
) -> Matches:
    """The at most k best passages for the words of a query, in its order; `said` has them once for each way to read it.

    `allowed` (n,) is what exists for this search; None, which must be said, is everything. Raises `ValueError` for a mask that does
    not fit.
    """
    if allowed is not None and (allowed.dtype != np.bool_ or allowed.shape != (held.count,)):
        raise ValueError(f"The mask must hold one truth value for each of the {held.count} passages.")
    mask = np.empty(0, np.bool_) if allowed is None or allowed.all() else allowed
    some = np.flatnonzero(mask)
    terms = list(dict.fromkeys(term for one in said for term in one))
    readable = len(some) or (0 if len(mask) else held.count)
    if not terms or not readable or k <= 0:
        return Matches(np.empty(0), np.empty(0, np.int64), 0.0)
    mean = int(held.lengths[some].sum() if len(mask) else held.firsts[-1]) / readable
    numbers = np.array([held.number(term) for term in terms], np.int64)
    spans = np.array([held.span(number) for number in numbers], np.int64)
    scores, found, idf = np.zeros(held.count), np.empty(held.count, np.int64), np.empty(len(terms))
    depth = max(k, DEPTH) if neighbours else k
    count = _rank(spans, held.positions, held.frequencies, held.lengths, mask, some, readable, mean, depth, scores, found, idf)
    values, positions = _best(scores, found[:count], depth)
    pairs = _pairs(said, terms)
    if neighbours and len(pairs):
        _besides(numbers, pairs, idf, held.firsts, held.sequence, positions, mean, neighbours, values)
        order = np.lexsort((positions, -values))
        values, positions = values[order], positions[order]
    ideal = (K1 + 1) * float(idf.sum() + neighbours * idf[pairs].sum())
    return Matches(values[:k], positions[:k], ideal)


def _pairs(said: Sequence[Sequence[str]], terms: list[str]) -> npt.NDArray[np.int64]:
    """Distinct neighbours (p × 2) by their places among the terms."""
    place = {term: number for number, term in enumerate(terms)}
    beside = dict.fromkeys((place[one], place[two]) for each in said for one, two in pairwise(each) if one != two)
    return np.array(list(beside), np.int64).reshape(-1, 2)


def _best(scores: Scores, found: Positions, k: int) -> tuple[Scores, Positions]:
    values = scores[found]
    if len(found) > k:
        kept = values >= np.partition(values, len(values) - k)[len(values) - k]
        found, values = found[kept], values[kept]
    order = np.lexsort((found, -values))[:k]
    return values[order], found[order]


@njit(cache=True, nogil=True)
def _rank(spans, positions, frequencies, lengths, mask, some, readable, mean, k, scores, found, idf):
    """Score passages in `scores` (n,), list in `found` those that can be among the best, and give how many. `idf` gets weights."""
    few = np.empty(len(spans), np.bool_)
    for term in range(len(spans)):
        first, last = spans[term]
        few[term] = len(mask) > 0 and len(some) * _FEW < last - first
        holding = _holding(positions, first, last, mask, some, few[term])
        idf[term] = np.log(1.0 + (readable - holding + 0.5) / (holding + 0.5))
    order = np.argsort(-idf, kind="mergesort")  # the rarest first: in the same order whatever else the index holds
    number, skipping = 0, False
    least = 0.0
    for turn in range(len(order)):
        term = order[turn]
        first, last = spans[term]
        rest = 0.0
        for later in order[turn:]:
            rest += idf[later] * (K1 + 1.0)
        rest *= _SLACK
        if number >= k and last - first > _LONG:
            least = np.partition(scores[found[:number]], number - k)[number - k]
            if not skipping and rest < least:
                found[:number] = np.sort(found[:number])
                skipping = True
        if skipping:
            number = _hopeful(scores, found, number, least - rest)
            _look_up(positions, frequencies, lengths, first, last, found, number, idf[term], mean, scores)
        elif few[term]:
            number = _seek(positions, frequencies, lengths, first, last, some, found, number, idf[term], mean, scores)
        else:
            number = _scan(positions, frequencies, lengths, first, last, mask, found, number, idf[term], mean, scores)
    return number


@njit(cache=True, nogil=True)
def _holding(positions, first, last, mask, some, few):
    """How many allowed passages hold a word."""
    if len(mask) == 0:
        return last - first
    count = 0
    if few:
        at = first
        for position in some:
            at = _reach(positions, at, last, position)
            if at < last and positions[at] == position:
                count += 1
        return count
    for at in range(first, last):
        count += mask[positions[at]]
    return count


@njit(cache=True, nogil=True)
def _scan(positions, frequencies, lengths, first, last, mask, found, number, idf, mean, scores):
    """Score every allowed passage that holds a word."""
    for at in range(first, last):
        position = positions[at]
        if len(mask) == 0 or mask[position]:
            if scores[position] == 0.0:
                found[number] = position
                number += 1
            scores[position] += _share(frequencies[at], lengths[position], idf, mean)
    return number


@njit(cache=True, nogil=True)
def _seek(positions, frequencies, lengths, first, last, some, found, number, idf, mean, scores):
    """The same, where the allowed passages are few."""
    at = first
    for position in some:
        at = _reach(positions, at, last, position)
        if at == last:
            break
        if positions[at] == position:
            if scores[position] == 0.0:
                found[number] = position
                number += 1
            scores[position] += _share(frequencies[at], lengths[position], idf, mean)
    return number


@njit(cache=True, nogil=True)
def _look_up(positions, frequencies, lengths, first, last, found, number, idf, mean, scores):
    """Add what a word gives to the passages that are listed in order."""
    at = first
    for place in range(number):
        position = found[place]
        at = _reach(positions, at, last, position)
        if at == last:
            break
        if positions[at] == position:
            scores[position] += _share(frequencies[at], lengths[position], idf, mean)


@njit(cache=True, nogil=True)
def _hopeful(scores, found, number, least):
    """Keep in the list what scores at least so much."""
    kept = 0
    for place in range(number):
        if scores[found[place]] >= least:
            found[kept] = found[place]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _reach(positions, at, last, position):
    """The first place from `at` on that holds `position` or a later one: steps that double, then halve."""
    step = 1
    while at + step < last and positions[at + step] < position:
        step *= 2
    low, high = at, min(at + step, last)
    while low < high:
        middle = (low + high) // 2
        if positions[middle] < position:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _share(frequency, length, idf, mean):
    return idf * frequency * (K1 + 1.0) / (frequency + K1 * (1.0 - B + B * length / mean))


@njit(cache=True, nogil=True)
def _besides(numbers, pairs, idf, firsts, sequence, positions, mean, weight, values):
    """Add to `values` what neighbours give to the passages at `positions`."""
    for place in range(len(positions)):
        first, last = firsts[positions[place]], firsts[positions[place] + 1]
        for pair in range(len(pairs)):
            one, two = pairs[pair]
            times = 0
            if numbers[one] >= 0 and numbers[two] >= 0:
                for at in range(first, last - 1):
                    times += sequence[at] == numbers[one] and sequence[at + 1] == numbers[two]
            if times:
                values[place] += weight * _share(times, last - first, idf[one] + idf[two], mean)
