"""Documents that would be promoted and are unlike the others: ids and numbers, for a look before they go in."""

from collections.abc import Iterator

import polars as pl

from muniment.core import outliers as far
from muniment.schemas.review import Section
from muniment.tasks.pack.facts import KEPT, Facts

_EACH = 3
_RARE = 0.01  # share of documents, of a language
_MEASURES = {"characters": ("length in characters", True), "mean_word_length": ("mean word length", False)}


def outliers(facts: Facts) -> Section:
    """Of what would be promoted: the furthest in length, word length and density of findings, and the rarest languages."""
    rows = tuple(_rows(facts))
    note = (
        "Would be promoted, and far from the others by the median (modified z-score beyond 3.5)."
        if rows
        else "No document that would be promoted is far from the others."
    )
    return Section(title="Outliers", columns=("Document", "What", "Value", "Median"), rows=rows, note=note)


def _rows(facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    kept = facts.verdicts.filter(KEPT)
    measured = kept.select("doc_id").join(facts.signals, on="doc_id", how="left")
    for name, (label, logarithmic) in _MEASURES.items():
        if name in measured.columns:
            yield from _told(measured.select("doc_id", value=name), label, logarithmic)
    if "characters" in measured.columns:
        yield from _told(_density(facts, measured), "findings in 1,000 characters", True)
    yield from _rare(kept)


def _told(values: pl.DataFrame, label: str, logarithmic: bool) -> Iterator[tuple[str, str, str, str]]:
    median = values.select(pl.col("value").median()).item() or 0.0
    for row in far.outliers(values, logarithmic).head(_EACH).to_dicts():
        yield f"`{row['doc_id']}`", label, f"{row['value']:,.1f}", f"{median:,.1f}"


def _density(facts: Facts, measured: pl.DataFrame) -> pl.DataFrame:
    """Of documents with any finding: most have none, and would make each of the others an outlier."""
    counts = facts.findings.group_by("doc_id").len()
    rate = 1000 * pl.col("len") / pl.col("characters").clip(lower_bound=1)
    return measured.join(counts, on="doc_id").select("doc_id", value=rate)


def _rare(kept: pl.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    spoken = kept.drop_nulls("language")
    counts = spoken.group_by("language").agg(pl.len(), pl.col("doc_id").min()).sort("len", "language")
    usual = counts["language"][-1] if counts.height else ""
    for row in counts.filter(pl.col("len") < _RARE * kept.height).head(_EACH).to_dicts():
        yield f"`{row['doc_id']}`", "language", f"{row['language']} ({row['len']:,})", usual
