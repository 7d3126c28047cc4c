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

from muniment.core.twins.bands import BANDS, Groups
from muniment.core.twins.kernel import Array
from muniment.core.twins.measure import workspace
from muniment.core.twins.sparing import rules_of
from muniment.core.twins.visits import PAIRS, candidates, decide, enter, flatten
from muniment.policies.duplicates import Domain

_BLOCK = 1024  # documents that are looked at together


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
    kind: Array  # place in `visits.KINDS`
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
        decide(block, first, pairs, alike, rows.settled, _columns(rows), rules, sets.values, sets.start, sets.count, sets.text,
                space, *_outcome(made))  # fmt: skip
        enter(block[made.kept[block]], groups.of, groups.sequence, heads, following)
        sets.release()
    flatten(made.cluster)
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
    pairs, turn, place = np.empty(PAIRS, np.int64), 0, 0
    while place < len(line):
        block = line[place : place + _BLOCK]
        done, first, pairs = candidates(
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
