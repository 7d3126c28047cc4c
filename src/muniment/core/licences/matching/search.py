"""Where documents hold licence rules, word for word or nearly so.

Exact: a run of tokens whose hash is a rule's. Near: at least 80% of a rule's five-token shingles inside one window of the document,
looked for where no long exact match stands. Which of them stay is `muniment.core.licences.matching.selection`'s.
"""

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.licences.matching.exact import find_exact
from muniment.core.licences.matching.near import LEAST_NEAR, find_near
from muniment.core.licences.matching.overlap import standing
from muniment.core.licences.matching.rules import Rules, alphabet
from muniment.core.licences.matching.runs import Array, running
from muniment.core.licences.matching.selection import select
from muniment.core.tokens import Tokens, tokenise


def match(texts: pa.Array, rules: Rules) -> pl.DataFrame:
    """Matches in a column of texts, sorted by place: row `doc`, `rule`, code points `start` and `end`, `coverage` (1 = word for word)
    and `narrowed`: the near match holds a word that narrows a licence and that the rule does not have.
    """
    tokens = tokenise(texts, alphabet())
    return select(candidates(tokens, rules), tokens, rules)


def candidates(tokens: Tokens, rules: Rules) -> pl.DataFrame:
    """All places of rules in documents, overlapping: doc, rule, first and last token (exclusive) in the document, weight (tokens, less
    a power of what is missing: a whole short text stands before the better part of a long one) and coverage (share of the rule's shingles; 1 = word for word)."""
    sums, lengths = running(tokens.hashes), rules.exact.lengths
    exact = find_exact(tokens, sums, rules.exact)
    doc, rule, first = exact
    last = first + lengths[rule]
    near = find_near(tokens, sums, _covered(rule, first, last, len(tokens.hashes)), rules.near, lengths)
    doc, rule, first, last = (np.concatenate(pair) for pair in zip((doc, rule, first, last), near[:4], strict=True))
    coverage = np.concatenate([np.ones(len(exact[0])), near[4]])
    begin = tokens.offsets[doc]
    columns = {"doc": doc, "rule": rule, "first": first - begin, "last": last - begin}
    return pl.DataFrame({**columns, "weight": coverage**4 * lengths[rule], "coverage": coverage})


def _covered(rule: Array, first: Array, last: Array, size: int) -> Array:
    """Of each token, whether it lies in an exact match that stays among exact ones and is long enough for none to be near there."""
    order = np.lexsort((rule, first, first - last))
    stays = order[standing(first[order], last[order], size)]
    stays = stays[last[stays] - first[stays] >= LEAST_NEAR]
    edges = np.bincount(first[stays], minlength=size + 1) - np.bincount(last[stays], minlength=size + 1)
    return np.cumsum(edges)[:size] > 0
