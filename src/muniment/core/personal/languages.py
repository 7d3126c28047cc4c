"""The language of each document, and what follows from it: which recognisers run over it."""

from collections.abc import Collection
from typing import Any

import polars as pl

from muniment.core.language import identify

# The languages that there are recognisers for.
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "nl", "pt")
# Less text or confidence than this does not tell a language: then recognisers of all languages run.
_LETTERS, _CONFIDENCE = 40, 0.5
_SAMPLE = 2_000  # code points in which letters are counted


def spoken(texts: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Frame (row, languages, sure) of the documents of these rows: the language that was told, or all that there are rules for."""
    chosen = texts.gather(rows)
    letters = chosen.str.head(_SAMPLE).str.count_matches(r"\p{L}")
    told = identify(chosen)
    sure = [score >= _CONFIDENCE and count >= _LETTERS for (_, score), count in zip(told, letters, strict=True)]
    languages = [[label] if one else list(LANGUAGES) for (label, _), one in zip(told, sure, strict=True)]
    schema: dict[str, Any] = {"row": pl.UInt32, "languages": pl.List(pl.String), "sure": pl.Boolean}
    return pl.DataFrame({"row": rows, "languages": languages, "sure": sure}, schema=schema)


def among(hits: pl.DataFrame, told: pl.DataFrame, languages: Collection[str], sure: bool) -> pl.DataFrame:
    """Hits (row, …) in documents of one of the languages, none meaning any; with `sure` only where the language was told."""
    if not languages or hits.is_empty():
        return hits
    of = pl.col("languages").list.set_intersection(list(languages)).list.len() > 0
    of = of & pl.col("sure") if sure else of
    return hits.join(told.filter(of).select("row"), on="row", how="semi", maintain_order="left")
