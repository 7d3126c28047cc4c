"""Which of the places where a document holds a rule stay: of overlapping ones the longest, and none of a rule that denies a licence."""

import numpy as np
import polars as pl

from muniment.core.licences.matching.gaps import in_gaps
from muniment.core.licences.matching.overlap import standing
from muniment.core.licences.matching.rules import Rules, word_bits
from muniment.core.tokens import Tokens


def select(candidates: pl.DataFrame, tokens: Tokens, rules: Rules) -> pl.DataFrame:
    """Of candidates (doc, rule, first and last token, weight, coverage), in any order, those that stay: doc, rule, code points `start`
    and `end`, coverage and `narrowed` (a near match that holds a word which narrows a licence and which the rule does not have).

    Rules that say "no licence here" take their place among the others and are left out of the result.
    """
    chosen = in_gaps(_longest(candidates, tokens), candidates, tokens, rules)
    chosen = chosen.filter(pl.Series(~rules.denies[chosen["rule"].to_numpy()]))
    chosen = chosen.with_columns(narrowed=_narrowed(chosen, tokens, rules))
    first, last = (tokens.offsets[chosen["doc"].to_numpy()] + chosen[name].to_numpy() for name in ("first", "last"))
    spans = chosen.with_columns(start=pl.Series(tokens.start[first]), end=pl.Series(tokens.end[last - 1]))
    return spans.select("doc", "rule", "start", "end", "coverage", "narrowed").sort("doc", "start", "end")


def _longest(matches: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """Matches none of which lies for more than half under heavier ones of its document; heavier is longer, then more complete."""
    ordered = matches.sort("doc", "weight", "coverage", "first", "rule", descending=[False, True, True, False, False])
    begin = tokens.offsets[ordered["doc"].to_numpy()]
    first, last = (begin + ordered[name].to_numpy() for name in ("first", "last"))
    return ordered.filter(pl.Series(standing(first, last, len(tokens.hashes))))


def _narrowed(matches: pl.DataFrame, tokens: Tokens, rules: Rules) -> pl.Series:
    begin = tokens.offsets[matches["doc"].to_numpy()]
    edges = np.column_stack([begin + matches["first"].to_numpy(), begin + matches["last"].to_numpy()]).ravel()
    bits = np.append(word_bits(tokens.hashes), np.uint32(0))
    held = np.bitwise_or.reduceat(bits, edges)[::2] if len(edges) else bits[:0]
    return pl.Series((matches["coverage"].to_numpy() < 1) & (held & ~rules.narrowing[matches["rule"].to_numpy()] != 0))
