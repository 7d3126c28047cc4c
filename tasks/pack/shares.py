"""How documents are divided among licences and languages."""

import polars as pl

from muniment.schemas.review import Section
from muniment.tasks.pack.facts import Facts

_ROWS = 8


def licences(facts: Facts) -> Section:
    """Concluded licences."""
    return _share("Licences", "Concluded licence", facts.verdicts["licence"].fill_null("unknown or conflicting"))


def languages(facts: Facts) -> Section:
    """Identified languages."""
    return _share("Languages", "Language", facts.verdicts["language"].fill_null("undetermined"))


def _share(title: str, column: str, values: pl.Series) -> Section:
    counts = values.value_counts(sort=True).rows()
    rows = tuple((str(value), f"{count:,}", f"{count / max(len(values), 1):.1%}") for value, count in counts[:_ROWS])
    more = f"And {len(counts) - _ROWS} more." if len(counts) > _ROWS else ""
    return Section(title=title, columns=(column, "Documents", "Share"), rows=rows, note=more)
