"""Which of the places where a document holds a rule stay: of overlapping ones the longest, and none of a rule that denies a licence."""

import numpy as np
import polars as pl

from muniment.core.licences.rules import Rules, word_bits
from muniment.core.tokens import Tokens


def select(candidates: pl.DataFrame, tokens: Tokens, rules: Rules) -> pl.DataFrame:
    """Of candidates (doc, rule, first and last token, weight, coverage), in any order, those that stay: doc, rule, code points `start`
    and `end`, coverage and `narrowed` (a near match that holds a word which narrows a licence and which the rule does not have).

    Rules that say "no licence here" take their place among the others and are left out of the result.
    """
    chosen = longest(candidates)
    chosen = (
        chosen.with_columns(narrowed=_narrowed(chosen, tokens, rules))
        .join(_expressions(rules), on="rule")
        .filter(pl.col("expression") != "")
    )
    first, last = (tokens.offsets[chosen["doc"].to_numpy()] + chosen[name].to_numpy() for name in ("first", "last"))
    spans = chosen.with_columns(start=pl.Series(tokens.start[first]), end=pl.Series(tokens.end[last - 1]))
    return spans.select("doc", "rule", "start", "end", "coverage", "narrowed").sort("doc", "start", "end")


def longest(matches: pl.DataFrame) -> pl.DataFrame:
    """Matches none of which lies for more than half under heavier ones of its document; heavier is longer, then more complete."""
    ordered = matches.sort("doc", "weight", "coverage", "first", "rule", descending=[False, True, True, False, False])
    keep = []
    for (_,), group in ordered.with_row_index("row").group_by("doc", maintain_order=True):
        free = np.ones(int(group["last"].max()), np.bool_)  # type: ignore[arg-type]
        for row, first, last in group.select("row", "first", "last").iter_rows():
            if 2 * np.count_nonzero(free[first:last]) > last - first:
                keep.append(row)
                free[first:last] = False
    return ordered[keep]


def _narrowed(matches: pl.DataFrame, tokens: Tokens, rules: Rules) -> pl.Series:
    bits = word_bits(tokens.hashes)
    narrowed = [
        coverage < 1
        and bool(np.bitwise_or.reduce(bits[tokens.offsets[doc] + first : tokens.offsets[doc] + last]) & ~rules.narrowing[rule])
        for doc, rule, first, last, coverage in matches.select("doc", "rule", "first", "last", "coverage").iter_rows()
    ]
    return pl.Series(narrowed, dtype=pl.Boolean)


def _expressions(rules: Rules) -> pl.DataFrame:
    return rules.table.select(pl.int_range(pl.len()).alias("rule"), "expression")
