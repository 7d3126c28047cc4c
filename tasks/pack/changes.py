"""What is different from the judgement before: shares that moved, not counts that grew."""

from collections.abc import Iterator

import polars as pl

from muniment.schemas.capture import Judgement
from muniment.schemas.review import Section
from muniment.tasks.pack.facts import Facts, signals, verdicts

_ROWS = 12
_LEAST = 0.005  # a share that moved by less is not told


def shifts(facts: Facts) -> Section:
    """Shares of actions, reasons, licences and languages, and the median length, before and now; the largest shifts first."""
    title, columns = "Against the last judgement", ("What", "Before", "Now", "Shift")
    if facts.past is None:
        return Section(title=title, columns=(), rows=(), note="This is the first judgement of this source.")
    old = verdicts(facts.root, facts.past)
    moved = sorted(_moved(facts, facts.past, old), key=lambda each: -abs(each[2] - each[1]))
    told = [each for each in moved if abs(each[2] - each[1]) >= _LEAST]
    rows = tuple((name, f"{one:.1%}", f"{two:.1%}", f"{100 * (two - one):+.1f} points") for name, one, two in told[:_ROWS])
    notes = [f"{old.height:,} documents then, {facts.total:,} now.", *_lengths(facts, facts.past)]
    notes += ["No share moved by half a point."] * (not rows) + [f"And {len(told) - _ROWS} smaller shifts."] * (len(told) > _ROWS)
    if facts.past.policy != facts.judgement.policy:
        notes.insert(0, "**The policy changed in between.**")
    return Section(title=title, columns=columns, rows=rows, note=" ".join(notes))


def _moved(facts: Facts, past: Judgement, old: pl.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Name, share before, share now."""
    then, now = max(old.height, 1), max(facts.total, 1)
    for kind, one, two in (("action", past.actions, facts.judgement.actions), ("reason", past.reasons, facts.judgement.reasons)):
        for name in sorted({*one, *two}):
            yield f"{kind} {name}", one.get(name, 0) / then, two.get(name, 0) / now
    for kind in ("licence", "language"):
        one, two = (_counted(each[kind]) for each in (old, facts.verdicts))
        for name in sorted({*one, *two}):
            yield f"{kind} {name}", one.get(name, 0) / then, two.get(name, 0) / now


def _counted(values: pl.Series) -> dict[str, int]:
    return dict(values.fill_null("unknown").value_counts().rows())


def _lengths(facts: Facts, past: Judgement) -> list[str]:
    old, new = signals(facts.root, past), facts.signals
    if "characters" not in old.columns or "characters" not in new.columns:
        return []
    one, two = (float(each["characters"].median() or 0) for each in (old, new))  # type: ignore[arg-type]
    return [f"Median length {one:,.0f} characters then, {two:,.0f} now."]
