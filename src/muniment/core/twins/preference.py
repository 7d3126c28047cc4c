"""Which of two duplicates is kept: an explicit order over documents."""

import polars as pl

from muniment.core.twins.kernel import Array
from muniment.policies.duplicates import Criterion, Duplicates

# What each criterion compares; larger is preferred, the unknown comes last.
_VALUES: dict[Criterion, str] = {
    "admitted": "admitted", "source": "rank", "authority": "authority", "licence": "licence",
    "freshness": "modified", "quality": "quality", "length": "tokens",
}  # fmt: skip
STANDING, IDENTIFIER = "standing", "identifier"
CRITERIA = (STANDING, *_VALUES.values())  # columns of what `rank` gives that `reasons` reads


def rank(subjects: pl.DataFrame, policy: Duplicates) -> pl.DataFrame:
    """n subjects from the most to the least preferred.

    `subjects` has the columns of `SUBJECT` and `tokens`. What stands in the corpus comes first and the smaller id decides last, so the
    order is total and the same on every machine.
    """
    keys = [STANDING, *(_VALUES[each] for each in policy.prefer), "doc_id"]
    return (
        subjects.with_columns(_source_rank(policy).alias("rank"))
        .drop("source_id")
        .sort(keys, descending=[*[True] * (len(keys) - 1), False], nulls_last=True)
    )


def reasons(ranked: pl.DataFrame, removed: Array, canonical: Array, policy: Duplicates) -> pl.Series:
    """Why each canonical is preferred: the first criterion by which the two rows of `ranked` differ."""
    named = [(STANDING, STANDING), *((each, _VALUES[each]) for each in policy.prefer)]
    differs = [
        pl.when(ranked[column].gather(removed).ne_missing(ranked[column].gather(canonical))).then(pl.lit(name))
        for name, column in named
    ]
    return (
        pl.select(pl.coalesce(*differs, pl.lit(IDENTIFIER)).alias("preferred"))["preferred"]
        if len(removed)
        else pl.Series([], dtype=pl.String)
    )


def _source_rank(policy: Duplicates) -> pl.Expr:
    ranks = {name: -place for place, name in enumerate(policy.sources)}
    return pl.col("source_id").replace_strict(ranks, default=-len(ranks), return_dtype=pl.Int32)
