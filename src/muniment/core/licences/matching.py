"""Where documents hold licence rules, word for word or nearly so.

Exact: a run of tokens whose hash is a rule's (Karp and Rabin 1987), candidates found by the rule's first tokens. Near: at least 80% of a
rule's five-token shingles inside one window of the document. Which of them stay is `muniment.core.licences.selection`'s.
"""

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.licences.rules import CONTAINMENT, LEAST_NEAR, SHINGLE, Rules, alphabet, run_hashes
from muniment.core.licences.selection import longest, select
from muniment.core.tokens import Array, Tokens, grams, tokenise

_MATCH = {"doc": pl.Int64, "rule": pl.Int64, "first": pl.Int64, "last": pl.Int64, "weight": pl.Float64, "coverage": pl.Float64}


def match(texts: pa.Array, rules: Rules) -> pl.DataFrame:
    """Matches in a column of texts, sorted by place: row `doc`, `rule`, code points `start` and `end`, `coverage` (1 = word for word)
    and `narrowed`: the near match holds a word that narrows a licence and that the rule does not have.
    """
    tokens = tokenise(texts, alphabet())
    exact = _exact(tokens, rules)
    near = _near(tokens, rules, longest(exact))
    return select(pl.concat([exact, near]), tokens, rules)


def _exact(tokens: Tokens, rules: Rules) -> pl.DataFrame:
    parts = []
    end = np.repeat(tokens.offsets[1:], tokens.counts)
    everywhere = np.arange(len(tokens.hashes))
    for size, (hashes, numbers) in rules.anchors.items():
        position = everywhere[everywhere + size <= end]
        heads = run_hashes(tokens.hashes, position, np.full(len(position), size))
        entry, place = _lookup(hashes, heads)
        rule, position = numbers[entry], position[place]
        inside = position + rules.lengths[rule] <= end[position]
        rule, position = rule[inside], position[inside]
        same = run_hashes(tokens.hashes, position, rules.lengths[rule]) == rules.hashes[rule]
        parts.append(
            pl.DataFrame({"rule": rule[same], "position": position[same]}, schema={"rule": pl.Int64, "position": pl.Int64})
        )
    found = pl.concat(parts)
    position, length = found["position"].to_numpy(), rules.lengths[found["rule"].to_numpy()]
    doc = np.searchsorted(tokens.offsets, position, side="right") - 1
    first = position - tokens.offsets[doc]
    columns = {
        "doc": doc,
        "rule": found["rule"],
        "first": first,
        "last": first + length,
        "weight": length,
        "coverage": np.ones(len(length)),
    }
    return pl.DataFrame(columns, schema=_MATCH)


def _lookup(keys: Array, wanted: Array) -> tuple[Array, Array]:
    """All (index in sorted `keys`, index in `wanted`) of equal values."""
    left = np.searchsorted(keys, wanted)
    counts = np.searchsorted(keys, wanted, side="right") - left
    place = np.repeat(np.arange(len(wanted)), counts)
    return np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(left, counts), place


def _near(tokens: Tokens, rules: Rules, exact: pl.DataFrame) -> pl.DataFrame:
    """Near matches of long rules that begin in what `exact` leaves uncovered."""
    hashes, position = grams(tokens, SHINGLE)
    open_ = np.ones(len(tokens.hashes) + 1, np.int64)
    for doc, first, last in exact.filter(pl.col("last") - pl.col("first") >= LEAST_NEAR).select("doc", "first", "last").iter_rows():
        open_[tokens.offsets[doc] + first : tokens.offsets[doc] + last] = 0
    uncovered = np.flatnonzero(open_[position])
    entry, place = _lookup(rules.rare[0], hashes[uncovered])
    owner = tokens.owner[position[uncovered[place]]]
    candidates = pl.DataFrame({"doc": owner, "rule": rules.rare[1][entry]}).unique().sort("doc", "rule")
    rows = []
    bounds = np.searchsorted(position, tokens.offsets)
    for (doc,), group in candidates.group_by("doc", maintain_order=True):
        own = slice(bounds[doc], bounds[doc + 1])
        local = position[own] - tokens.offsets[doc]
        rows += [(doc, *found) for found in _near_in(hashes[own], local, group["rule"].to_numpy(), rules)]
    return pl.DataFrame(rows, schema=_MATCH, orient="row")


def _near_in(hashes: Array, local: Array, candidates: Array, rules: Rules) -> list[tuple[int, int, int, float, float]]:
    """Near matches of candidate rules in one document: (rule, first, last, weight, coverage)."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    found = []
    for rule in candidates:
        own = rules.shingles[rules.bounds[rule] : rules.bounds[rule + 1]]
        left = np.searchsorted(ordered, own)
        present = ordered[np.minimum(left, len(ordered) - 1)] == own
        if np.count_nonzero(present) < CONTAINMENT * len(own):
            continue
        entry, which = _lookup(ordered, own[present])
        places = local[order[entry]]
        window = _densest(places, int(1.3 * rules.lengths[rule]))
        inside = (places >= window[0]) & (places < window[1])
        share = len(np.unique(which[inside])) / len(own)
        if share >= CONTAINMENT:
            last = int(places[inside].max()) + SHINGLE
            found.append((int(rule), int(places[inside].min()), last, share * share * float(rules.lengths[rule]), share))
    return found


def _densest(places: Array, width: int) -> tuple[int, int]:
    """The window of so many tokens that holds most of the places."""
    places = np.sort(places)
    best = int(np.argmax(np.searchsorted(places, places + width) - np.arange(len(places))))
    return int(places[best]), int(places[best]) + width
