"""Which documents repeat others, which of them is kept, and why that one."""

import polars as pl

from muniment.schemas.evidence import TWIN
from muniment.schemas.review import Section
from muniment.tasks.derive import frame
from muniment.tasks.pack.facts import Facts

_ROWS = 5


def twins(facts: Facts) -> pl.DataFrame | None:
    """Columns of TWIN; None when the policy runs no such detector."""
    stored = facts.judgement.twins
    return frame(facts.root.lake.read(stored, TWIN)) if stored else None


def said(facts: Facts) -> str:
    """In a line."""
    rows = twins(facts)
    if rows is None:
        return "not searched"
    removed = rows.filter(pl.col("spared").is_null())
    return f"{removed.height:,} removed, for {removed['canonical_id'].n_unique():,} kept" if removed.height else "none"


def clusters(facts: Facts) -> Section:
    """The kept documents that most others duplicate."""
    rows = twins(facts)
    if rows is None:
        return Section(title="Duplicates", columns=(), rows=(), note="Not searched: the policy runs no such detector.")
    removed = rows.filter(pl.col("spared").is_null())
    largest = (
        removed.group_by("canonical_id")
        .agg(pl.len(), pl.col("jaccard").min(), pl.col("kind").unique().sort(), pl.col("preferred").mode().sort().first())
        .sort("len", "canonical_id", descending=[True, False])
    )
    table = tuple(
        (f"`{row['canonical_id']}`", f"{row['len']:,}", ", ".join(row["kind"]), f"{row['jaccard']:.2f}", row["preferred"])
        for row in largest.head(_ROWS).to_dicts()
    )
    columns = ("Kept document", "Duplicates of it", "Kinds", "Least Jaccard", "Preferred for")
    return Section(title="Duplicates", columns=columns, rows=table, note=_note(rows, removed.height, largest.height))


def _note(rows: pl.DataFrame, removed: int, kept: int) -> str:
    spared = ", ".join(
        f"{row['len']:,} {row['spared']}" for row in rows["spared"].drop_nulls().value_counts(name="len").sort("spared").to_dicts()
    )
    note = f"{removed:,} repeat{'s' * (removed == 1)} one of {kept:,} kept." if removed else "No document duplicates a kept one."
    return note + f" Kept though close to another: {spared}." * bool(spared) + " Those that most repeat:" * bool(removed)
