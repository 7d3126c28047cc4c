"""Whether what people ask, and how well it is answered, moves: week by week, from counts that the ledger keeps. No query is kept."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from muniment.core.drift import divergence, stability
from muniment.schemas.relevance import Week
from muniment.store.root import Root
from muniment.tasks.search.audit import AUDIT

_SEARCHES = f"""
    SELECT CAST(date_trunc('week', e.time AT TIME ZONE 'UTC') AS DATE) AS week, e.reasons[1] AS mode,
        max(CASE WHEN c.name = 'evidence' THEN c.value END) AS evidence, max(CASE WHEN c.name = 'low_evidence' THEN c.value END) AS low
    FROM entries e JOIN counts c ON c.sequence = e.sequence
    WHERE e.kind = 'search.answered' AND NOT list_contains(e.reasons, '{AUDIT}') AND e.time >= CAST(? AS TIMESTAMPTZ)
    GROUP BY e.sequence, e.time, e.reasons HAVING evidence IS NOT NULL
"""
_MODE = "mode"


def drift(root: Root, weeks: int = 12, at: datetime | None = None) -> list[Week]:
    """Each week in which people searched, and each mode, since scores of modes cannot be compared: how well they were answered, and how
    far that lies from the week before. Audits and canaries do not count."""
    since = _monday((at or datetime.now(UTC)).date()) - timedelta(weeks=weeks - 1)
    rows = pl.DataFrame(pl.from_arrow(root.lineage.sql(_SEARCHES, parameters=[f"{since}T00:00:00+00:00"])))
    found = list[Week]()
    for (mode,), of_mode in rows.sort(_MODE).group_by(_MODE, maintain_order=True):
        before: dict[str, int] = {}
        for (week,), of_week in of_mode.sort("week").group_by("week", maintain_order=True):
            counts = {str(value): count for value, count in sorted(of_week["evidence"].value_counts().iter_rows())}
            found.append(_week(week, str(mode).lower(), of_week, counts, before))
            before = counts
    return sorted(found, key=lambda each: (each.week, each.mode))


def _week(week: object, mode: str, rows: pl.DataFrame, counts: dict[str, int], before: dict[str, int]) -> Week:
    assert isinstance(week, date)
    return Week(
        week=week,
        mode=mode,
        searches=rows.height,
        low_evidence=float(rows["low"].sum()) / rows.height,
        median=float(pl.Series(rows["evidence"]).cast(pl.Float64).median() or 0.0) / 100,  # type: ignore[arg-type]
        evidence=counts,
        divergence=round(divergence(before, counts), 4) if before else None,
        stability=round(stability(before, counts), 4) if before else None,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
