"""What stands in the gaps of near matches: words of a document that the rule does not have, and that another rule has word for word."""

import numpy as np
import polars as pl

from muniment.core.licences.expressions import keys_of
from muniment.core.licences.matching.near import SHINGLE
from muniment.core.licences.matching.overlap import standing
from muniment.core.licences.matching.rules import Rules
from muniment.core.licences.matching.runs import Array, find_all, powers, running, runs
from muniment.core.tokens import Tokens

# What the database calls terms that it cannot name, and disclaimers: in a gap of a licence's text they are that text in other words.
_NOTHING = frozenset(
    f"LicenseRef-scancode-{name}" for name in ("unknown-license-reference", "unknown", "free-unknown", "warranty-disclaimer")
)


def in_gaps(chosen: pl.DataFrame, candidates: pl.DataFrame, tokens: Tokens, rules: Rules) -> pl.DataFrame:
    """`chosen` matches, and those of the exact ones among all `candidates` more than half of which lies in gaps of the near ones.

    Rows are as `muniment.core.licences.matching.search.candidates` gives them, with places in their document.
    """
    near = chosen.filter(pl.col("coverage") < 1)
    if not near.height:
        return chosen
    exact = candidates.filter(pl.col("coverage") == 1, pl.col("doc").is_in(near["doc"].unique().implode()))
    exact = exact.join(chosen, on=["doc", "rule", "first", "last"], how="anti").sort(
        "weight", "doc", "first", "rule", descending=[True, False, False, False]
    )
    begin = tokens.offsets[exact["doc"].to_numpy()]
    heads, tails = np.flatnonzero(np.diff(_taken(chosen, tokens, rules), prepend=0, append=0)).reshape(-1, 2).T
    first, last = np.append(heads, begin + exact["first"].to_numpy()), np.append(tails, begin + exact["last"].to_numpy())
    stays = standing(first, last, len(tokens.hashes))[len(heads) :]
    extra = exact.filter(pl.Series(stays))
    says = [not keys_of(rules.rows[rule][1]) & _NOTHING for rule in extra["rule"]]
    return pl.concat([chosen, extra.filter(pl.Series(says, dtype=pl.Boolean))])


def _taken(chosen: pl.DataFrame, tokens: Tokens, rules: Rules) -> Array:
    """Of each token, whether a match that stays has it: all of an exact one's, of a near one's those that its rule has too."""
    taken, sums = np.zeros(len(tokens.hashes), np.int8), running(tokens.hashes)
    for doc, rule, first, last, coverage in chosen.select("doc", "rule", "first", "last", "coverage").iter_rows():
        begin, end = tokens.offsets[doc] + first, tokens.offsets[doc] + last
        if coverage == 1:
            taken[begin:end] = 1
        else:
            taken[begin:end] |= _shared(sums, begin, end, rule, rules)
    return taken


def _shared(sums: Array, begin: int, end: int, rule: int, rules: Rules) -> Array:
    near = rules.near
    places = np.arange(begin, end - SHINGLE + 1)
    found = find_all(near.shingles, near.shelf, runs(sums, powers(SHINGLE), places, np.full(len(places), SHINGLE)))
    shared = np.isin(found, near.own[near.bounds[rule] : near.bounds[rule + 1]])
    return np.convolve(shared, np.ones(SHINGLE, np.int64))[: end - begin] > 0
