"""The numbers of the pictures: verdicts by reason, change, lengths, licences and duplicates."""

import math

import polars as pl

from muniment.schemas.chart import Chart, Series, Tone
from muniment.schemas.verdict import SEVERITY, Action
from muniment.tasks.pack.duplicates import twins
from muniment.tasks.pack.facts import KEPT, Facts

_BARS, _NARROW = 8, 0.125  # bars of a chart; width of a column, in powers of ten
_SAID: dict[Action, tuple[str, Tone]] = {
    Action.ACCEPT: ("accepted", "accept"), Action.REDACT: ("redacted", "redact"), Action.KNOWN_RISK: ("known risk", "known-risk"),
    Action.HOLD: ("held", "hold"), Action.REJECT: ("rejected", "reject"),
}  # fmt: skip

_SIDES: tuple[tuple[bool, str, Tone], ...] = ((True, "would be promoted", "accept"), (False, "stays out", "hold"))


def charts(facts: Facts) -> tuple[Chart, ...]:
    """As many as there is something to draw for."""
    found = (_reasons(facts), _changes(facts), _lengths(facts), _licences(facts), _duplicates(facts))
    return tuple(chart for chart in found if chart and chart.labels)


def _reasons(facts: Facts) -> Chart:
    """Documents by reason, in the colour of what becomes of them; one with several reasons is counted under each."""
    told = (
        facts.verdicts.select("action", reason=pl.col("reasons"))
        .explode("reason")
        .with_columns(pl.col("reason").fill_null("no reason"))
    )
    counts = told.group_by("reason", "action").len()
    order = counts.group_by("reason").agg(pl.col("len").sum()).sort("len", "reason", descending=[True, False])["reason"]
    labels = tuple(order.head(_BARS))
    held = {(row["reason"], row["action"]): row["len"] for row in counts.to_dicts()}
    series = tuple(
        Series(name=name, tone=tone, values=values)
        for action, (name, tone) in sorted(_SAID.items(), key=lambda each: SEVERITY[each[0]])
        if any(values := tuple(float(held.get((label, str(action)), 0)) for label in labels))
    )
    return Chart(title="Verdicts by reason", kind="bars", labels=labels, series=series)


def _changes(facts: Facts) -> Chart | None:
    counts = facts.capture.counts
    if facts.past is None and not counts.get("changed") and not counts.get("vanished"):
        return None  # a first capture: all is new
    moved = {name: counts.get(name, 0) for name in ("added", "changed", "vanished", "set_aside")}
    same = max(counts.get("documents", 0) - moved["added"] - moved["changed"], 0)
    return _plain("Since the last capture", {"unchanged": same, **{name.replace("_", " "): count for name, count in moved.items()}})


def _lengths(facts: Facts) -> Chart | None:
    if "characters" not in facts.signals.columns:
        return None
    lengths = facts.verdicts.select("doc_id", kept=KEPT).join(facts.signals, on="doc_id").filter(pl.col("characters") > 0)
    bins = lengths.select("kept", bin=(pl.col("characters").log10() / _NARROW).floor().cast(pl.Int64))
    if bins.is_empty():
        return None
    first, last = int(bins["bin"].min()), int(bins["bin"].max())  # type: ignore[arg-type]
    held = {(row["kept"], row["bin"]): row["len"] for row in bins.group_by("kept", "bin").len().to_dicts()}
    places = range(first, last + 1)
    series = tuple(
        Series(name=name, tone=tone, values=tuple(float(held.get((kept, place), 0)) for place in places))
        for kept, name, tone in _SIDES
    )
    labels = tuple(_round(10 ** (place * _NARROW)) for place in places)
    return Chart(title="Length of documents", kind="columns", labels=labels, series=series, axis="characters, from")


def _round(value: float) -> str:
    digits = 1 - math.floor(math.log10(value)) if value else 0
    return f"{round(value, digits):,.0f}"


def _licences(facts: Facts) -> Chart:
    counts = facts.verdicts["licence"].fill_null("unknown or conflicting").value_counts(sort=True).rows()
    return _plain("Licences", {str(name): count for name, count in counts[:_BARS]})


def _duplicates(facts: Facts) -> Chart | None:
    rows = twins(facts)
    if rows is None or rows.is_empty():
        return None
    kinds = rows.select(kind=pl.when(pl.col("spared").is_null()).then("kind").otherwise(pl.concat_str(pl.lit("kept: "), "spared")))
    return _plain("Close to a kept document", dict(kinds["kind"].value_counts(sort=True).rows()[:_BARS]))


def _plain(title: str, counts: dict[str, int]) -> Chart:
    values = tuple(float(count) for count in counts.values())
    return Chart(title=title, kind="bars", labels=tuple(counts), series=(Series(name="documents", tone="plain", values=values),))
