"""Leader clustering (Hartigan 1975): documents are visited in order of preference; one that is close enough to a kept document is
removed for it, any other is kept.

So nobody is removed for the sake of a document that is itself removed, and nobody's canonical is one that it is not measurably close
to: connected components, the usual alternative, chain documents that share nothing. Only kept documents are ever compared with, so a
group of m copies of a template costs m comparisons and not m², and what a run decides does not depend on how it was cut: into blocks
here, into parts of the corpus or into nights elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from muniment.core.twins.bands import BANDS, SLACK, Groups, agreement
from muniment.core.twins.kernel import SKETCH, Array
from muniment.core.twins.measure import jaccard as measure
from muniment.core.twins.measure import workspace
from muniment.core.twins.sparing import NO, SAMPLE, rules_of, spares
from muniment.policies.duplicates import Domain

_BLOCK, _PAIRS, _SHINGLES = 1024, 1 << 21, 1 << 24  # documents, pairs and shingles that one block may hold
KINDS = ("", "exact", "near", "embedding")  # how two documents are alike
_EXACT, _NEAR, _EMBEDDING = 1, 2, 3


@dataclass(frozen=True)
class Rows:
    """n documents in order of preference, as columns."""

    sketches: Array  # (n, 128) uint16
    tokens: Array  # int32
    sequence: Array  # uint64, as `kernel.sign` gives them
    shape: Array
    numbers: Array
    domain: Array  # int32: place in the policy's domains
    source: Array  # int32
    project: Array  # uint64, 0 for none
    path: Array  # uint64: hash of the path with numbers masked
    vendored: Array  # bool
    settled: Array  # bool: kept already, not to be decided about

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True)
class Sets:
    """Distinct shingles of the documents that need them: `values[start[d]:start[d] + count[d]]`; byte-equal texts share a `text`
    number, -1 is nobody's equal. `release` is called when memory that was read may be let go."""

    values: Array
    start: Array
    count: Array
    text: Array
    release: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Decisions:
    """For each of n documents: the kept document that it is close to (-1 for none), how, why it is spared if it is, whether it is kept,
    and the first document of its connected component."""

    canonical: Array
    jaccard: Array
    estimate: Array  # of 128 positions
    cosine: Array
    kind: Array  # place in `KINDS`
    spared: Array  # place in `sparing.SPARED`
    kept: Array
    cluster: Array


# Cosine similarities of pairs (a, b) of rows.
Cosines = Callable[[Array, Array], Array]


def lead(rows: Rows, groups: Groups, sets: Sets, domains: Sequence[Domain], cosines: Cosines | None = None) -> Decisions:
    """Decide about n documents, visited as they stand. Settled ones are kept without a question.

    A pair is measured when it shares a group and its estimate reaches the level less `SLACK` (with `cosines`, less half of it for
    the twins by embedding).
    """
    rules, count = rules_of(domains), len(rows)
    made = Decisions(
        canonical=np.full(count, -1, np.int32), jaccard=np.zeros(count), estimate=np.zeros(count, np.uint8),
        cosine=np.full(count, np.nan, np.float32), kind=np.zeros(count, np.int8), spared=np.zeros(count, np.int8),
        kept=np.ones(count, np.bool_), cluster=np.arange(count, dtype=np.int32),
    )  # fmt: skip
    heads, following = np.full(groups.count, -1, np.int32), np.full((count, BANDS + 1), -1, np.int32)
    space = workspace(int(sets.count.max(initial=0)))
    for block, first, pairs in _blocks(rows, groups, sets, rules, heads, following, cosines is not None):
        alike = _cosines(cosines, block, first, pairs)
        _decide(block, first, pairs, alike, rows.settled, _columns(rows), rules, sets.values, sets.start, sets.count, sets.text,
                space, *_outcome(made))  # fmt: skip
        _enter(block[made.kept[block]], groups.of, groups.sequence, heads, following)
        sets.release()
    _flatten(made.cluster)
    return made


def _columns(rows: Rows) -> tuple[Array, ...]:
    return rows.tokens, rows.sequence, rows.shape, rows.numbers, rows.domain, rows.source, rows.project, rows.path, rows.vendored


def _outcome(made: Decisions) -> tuple[Array, ...]:
    return made.canonical, made.jaccard, made.estimate, made.cosine, made.kind, made.spared, made.kept, made.cluster


def _blocks(
    rows: Rows, groups: Groups, sets: Sets, rules: tuple[Array, ...], heads: Array, following: Array, embedding: bool
) -> Iterator[tuple[Array, Array, Array]]:
    """Documents that share a group, some at a time, with their candidates: pairs[first[i]:first[i + 1]] are those of block[i], each
    as row · 256 + estimate, in order of preference."""
    line = np.flatnonzero(groups.shared).astype(np.int32)
    seen, involved = np.full(len(rows), -1, np.int32), np.full(len(rows), -1, np.int32)
    pairs, turn, place = np.empty(_PAIRS, np.int64), 0, 0
    while place < len(line):
        block = line[place : place + _BLOCK]
        done, first, pairs = _candidates(
            block, rows.sketches, rows.sequence, rows.settled, rows.domain, rules, groups.of, groups.sequence, heads, following,
            seen, involved, sets.count, turn, pairs, embedding,
        )  # fmt: skip
        yield block[:done], first, pairs
        place, turn = place + done, turn + 1


def _cosines(cosines: Cosines | None, block: Array, first: Array, pairs: Array) -> Array:
    if cosines is None:
        return np.empty(0, np.float32)
    used = pairs[: first[-1]]
    return cosines((used >> 8).astype(np.int32), np.repeat(block, np.diff(first)))


@njit(cache=True, nogil=True)
def _candidates(
    block,
    sketches,
    sequence,
    settled,
    domain,
    rules,
    of,
    group_of,
    heads,
    following,
    seen,
    involved,
    counts,
    turn,
    pairs,
    embedding,
):
    """Kept documents, and those before it in the block, that each document of the block may be close to. Stops early once pairs
    or the shingles of all that is involved exceed what a block may hold: before a document, never amid one."""
    levels = rules[0]
    first, end, shingles, done = np.zeros(len(block) + 1, np.int64), np.int64(0), np.int64(0), 0
    for b in block:
        if done > 0 and (end > _PAIRS or shingles > _SHINGLES):
            break
        if not settled[b]:
            for band in range(BANDS + 1):
                group = of[group_of[b], band]
                a = heads[group] if group >= 0 else -1
                while a >= 0:
                    if seen[a] != b:
                        seen[a] = b
                        level = max(levels[domain[a]], levels[domain[b]])
                        floor = np.int64(SKETCH * (level / 2 if embedding else level - SLACK))
                        alike = SKETCH if sequence[a] == sequence[b] else agreement(sketches[a], sketches[b])
                        if alike >= floor:
                            if end == len(pairs):
                                grown = np.empty(2 * end, np.int64)
                                grown[:end] = pairs
                                pairs = grown
                            pairs[end], end = np.int64(a) << 8 | alike, end + 1
                            if involved[a] != turn:
                                involved[a], shingles = turn, shingles + counts[a]
                    a = following[a, band]
            pairs[first[done] : end].sort()
        done += 1
        first[done] = end
        _insert(b, of[group_of[b]], heads, following)
    for place in range(done - 1, -1, -1):  # only what is kept stays in: taken out in reverse, then `_enter` puts it back
        _remove(block[place], of[group_of[block[place]]], heads, following)
    return done, first[: done + 1], pairs


@njit(cache=True, inline="always")
def _insert(row, groups, heads, following):
    for band in range(BANDS + 1):
        if groups[band] >= 0:
            following[row, band], heads[groups[band]] = heads[groups[band]], row


@njit(cache=True, inline="always")
def _remove(row, groups, heads, following):
    for band in range(BANDS + 1):
        if groups[band] >= 0:
            heads[groups[band]] = following[row, band]


@njit(cache=True, nogil=True)
def _enter(block, of, group_of, heads, following):
    for row in block:
        _insert(row, of[group_of[row]], heads, following)


@njit(cache=True, nogil=True)
def _decide(
    block,
    first,
    pairs,
    cosines,
    settled,
    columns,
    rules,
    values,
    start,
    count,
    text,
    space,
    canonical,
    jaccard,
    estimate,
    cosine,
    kind,
    spared,
    kept,
    cluster,
):
    """Settle each document of the block. All kept candidates are looked at until as many stand for it as its domain keeps; those that
    spare it never count."""
    levels, cosine_levels = rules[0], rules[5]
    for number in range(len(block)):
        b = block[number]
        if settled[b]:
            continue
        standing, shingles = 0, values[start[b] : start[b] + count[b]]
        for place in range(first[number], first[number + 1]):
            a, alike = np.int32(pairs[place] >> 8), pairs[place] & 255
            level = max(levels[columns[4][a]], levels[columns[4][b]])
            if not kept[a] or alike < np.int64(SKETCH * (level - SLACK)):
                continue
            exact = text[a] >= 0 and text[a] == text[b]
            why = spares(a, b, exact, columns, rules)
            if why != NO and canonical[b] >= 0 and _root(cluster, a) == _root(cluster, b):
                continue  # whatever is measured changes nothing: thousands of a template that differ in numbers are all kept
            close, how = 1.0, _EXACT
            if not exact:
                close, how = measure(values[start[a] : start[a] + count[a]], shingles, level, space), _NEAR
            if close < level:
                continue
            _join(cluster, a, b)
            standing += why == NO
            if canonical[b] < 0 or (spared[b] != NO and why == NO):
                canonical[b], jaccard[b], estimate[b], kind[b], spared[b] = a, close, alike, how, why
            if why == NO and standing >= max(rules[4][columns[4][a]], rules[4][columns[4][b]]):
                kept[b] = False
                break
        if standing > 0:
            if kept[b]:
                spared[b] = SAMPLE
            continue
        for place in range(first[number], first[number + 1] if len(cosines) else first[number]):
            a = np.int32(pairs[place] >> 8)
            level = max(cosine_levels[columns[4][a]], cosine_levels[columns[4][b]])
            if kept[a] and cosines[place] >= level and spares(a, b, False, columns, rules) == NO:
                close = measure(values[start[a] : start[a] + count[a]], shingles, 0.0, space)
                canonical[b], jaccard[b], estimate[b], kind[b] = a, close, pairs[place] & 255, _EMBEDDING
                spared[b], cosine[b], kept[b] = NO, cosines[place], False
                _join(cluster, a, b)
                break


@njit(cache=True, inline="always")
def _root(cluster, row):
    while cluster[row] != row:
        cluster[row] = cluster[cluster[row]]
        row = cluster[row]
    return row


@njit(cache=True, inline="always")
def _join(cluster, one, other):
    one, other = _root(cluster, one), _root(cluster, other)
    if one != other:
        cluster[max(one, other)] = min(one, other)


@njit(cache=True)
def _flatten(cluster):
    for row in range(len(cluster)):
        cluster[row] = _root(cluster, row)
