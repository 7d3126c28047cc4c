"""Documents as a use looks at them: one row with all that its clauses ask about."""

from collections.abc import Mapping

import polars as pl

from muniment.core.rights.readings import readings
from muniment.policies.licences import Terms
from muniment.schemas.rights import SourceTerms
from muniment.schemas.source import Classification

# Columns of PROMOTED that are read.
COLUMNS = ["doc_id", "source_id", "classification", "licence", "tags", "reserved", "text_hash"]
RANKS = {str(each): rank for rank, each in enumerate(Classification)}
_HIGHEST = max(RANKS.values())


def rows(promoted: pl.DataFrame, layer: str, table: Terms, sources: Mapping[str, SourceTerms]) -> pl.DataFrame:
    """doc_id, source, classification, layer, licence, chosen, names, tags, reserved, text_hash of promoted documents, in their order.

    `classification` is the more sensitive of what the document was promoted with and what its source has now; one that is not known
    counts as the most sensitive. A source without terms in force adds nothing: that is a violation of its own.
    """
    own = promoted.with_columns(
        source=pl.col("source_id"),
        layer=pl.lit(layer),
        recorded=pl.col("tags").list.sort().list.join(","),
        reserved=pl.col("reserved").list.sort(),
        classification=_more_sensitive(sources),
    ).drop("tags", "source_id")
    meaning = readings(own.select("licence", "recorded").unique(), table)
    return own.join(meaning, on=["licence", "recorded"], how="left", nulls_equal=True, maintain_order="left").drop("recorded")


def _more_sensitive(sources: Mapping[str, SourceTerms]) -> pl.Expr:
    ranked = {name: RANKS[str(each.classification)] for name, each in sources.items()}
    now = pl.col("source_id").replace_strict(ranked, default=0, return_dtype=pl.Int64)
    then = pl.col("classification").replace_strict(RANKS, default=_HIGHEST, return_dtype=pl.Int64)
    names = {rank: name for name, rank in RANKS.items()}
    return pl.max_horizontal(now, then).replace_strict(names, return_dtype=pl.String)
