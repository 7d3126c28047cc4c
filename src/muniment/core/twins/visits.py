"""The native loops of leader clustering: who may be close to whom, and what becomes of each document."""

import numpy as np
from numba import njit

from muniment.core.twins.bands import BANDS, SLACK, agreement
from muniment.core.twins.kernel import SKETCH
from muniment.core.twins.measure import jaccard as measure
from muniment.core.twins.sparing import NO, SAMPLE, spares

KINDS = ("", "exact", "near", "embedding")  # how two documents are alike
EXACT, NEAR, EMBEDDING = 1, 2, 3
PAIRS, SHINGLES = 1 << 21, 1 << 24  # that one block may hold


@njit(cache=True, nogil=True)
def candidates(
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
        if done > 0 and (end > PAIRS or shingles > SHINGLES):
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
    for place in range(done - 1, -1, -1):  # only what is kept stays in: taken out in reverse, then `enter` puts it back
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
def enter(block, of, group_of, heads, following):
    for row in block:
        _insert(row, of[group_of[row]], heads, following)


@njit(cache=True, nogil=True)
def decide(
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
            close, how = 1.0, EXACT
            if not exact:
                close, how = measure(values[start[a] : start[a] + count[a]], shingles, level, space), NEAR
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
                canonical[b], jaccard[b], estimate[b], kind[b] = a, close, pairs[place] & 255, EMBEDDING
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
def flatten(cluster):
    for row in range(len(cluster)):
        cluster[row] = _root(cluster, row)
