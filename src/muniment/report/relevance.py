"""The page about how good search is: figures with intervals, where answers were lost, comparisons, canaries, drift."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from muniment.core.palette import KEPT, REMOVED, TONES, WARNING
from muniment.report.page import document, table
from muniment.report.plots import Dot, dots, lines, shares
from muniment.schemas.relevance import CanaryRun, Comparison, Figure, Gathered, Outcome, RelevanceAudit, Slice, Week

_COLOURS = {
    Outcome.FOUND: KEPT,
    Outcome.ASSEMBLY: TONES["known-risk"],
    Outcome.RANKING: REMOVED,
    Outcome.RECALL: WARNING,
    Outcome.DENIED: "#7d8794",
    Outcome.WITHHELD: "#a3abb5",
    Outcome.ABSENT: "#59626d",
}
_MEANS = {
    Outcome.ASSEMBLY: "its document or candidate was there, the passage with the answer was cut, hidden or left out",
    Outcome.RANKING: "among the candidates, under what was given",
    Outcome.RECALL: "not among the candidates",
    Outcome.DENIED: "who asked may not read it",
    Outcome.WITHHELD: "kept from being served: an erasure, a quarantine",
    Outcome.ABSENT: "not in the index",
}
_SHIFTED, _MOVING = 0.25, 0.1  # population stability index, as it is usually read


def page(found: Gathered) -> str:
    """A whole HTML document. It holds figures, counts, ids and names of slices; a query's text only where `gather` was asked for it."""
    audit = found.audit
    title = f"Search quality: {audit.queries} on index {audit.served.index}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        *_summary(audit),
        *_slices(audit),
        *_failures(audit),
        *(part for each in found.comparisons for part in _comparison(each)),
        *_canaries(found.canaries),
        *_weeks(found.weeks),
        *_judges(found),
        *_failed(found),
        _footer(audit),
    ]
    return document(escape(title), parts)


def _summary(audit: RelevanceAudit) -> Iterator[str]:
    whole = audit.slices[0]
    yield (
        f"<p>{whole.queries:,} queries, asked {audit.at:%Y-%m-%d %H:%M} UTC as their users on the path that serves everybody "
        f"({escape(audit.served.mode or 'its own mode')}, {audit.k} passages). {whole.scored:,} of them had an answer that who asked may read: "
        f"figures are about those. {whole.low_evidence:,} answers said that their evidence is low.</p>"
    )
    names = {"ndcg10": "nDCG@10", "recall10": "Recall@10", "mrr10": "MRR@10"}
    rows = [(said, _said(whole.figures[name])) for name, said in names.items() if name in whole.figures]
    yield table(("", "Mean and 95% interval"), rows, (1,))
    lost = whole.queries - sum(whole.failures.values())
    ours = sum(whole.failures.get(each, 0) for each in (Outcome.ASSEMBLY, Outcome.RANKING, Outcome.RECALL))
    kind = "good" if not ours else "warn"
    yield f'<p class="{kind}">{lost:,} queries were answered or are not judged; in {ours:,} search itself lost every answer that it could have given.</p>'


def _slices(audit: RelevanceAudit) -> Iterator[str]:
    scored = [each for each in audit.slices if each.figures]
    if not scored:
        yield "<p>No query has an answer that who asked may read.</p>"
        return
    whole = scored[0].figures["ndcg10"]
    yield "<h2>nDCG@10 by slice</h2>"
    yield (
        '<p class="look">A bar that lies left of the dashed line (the mean of all) is a slice that is served worse, and not by chance. '
        "Slices of fewer than five queries are not shown.</p>"
    )
    rows = [_dot(each, whole) for each in scored]
    yield dots(_grouped(rows), "nDCG@10, mean and 95% interval", whole.value, 0, 1)


def _dot(of: Slice, whole: Figure) -> Dot:
    figure = of.figures["ndcg10"]
    worse = figure.high < whole.value
    return Dot(
        _name(of.name), figure.value, figure.low, figure.high, f"{figure.value:.3f}   n={of.scored}", WARNING if worse else KEPT
    )


def _grouped(rows: Sequence[Dot]) -> list[Dot]:
    """The rows with the first of each dimension marked."""
    grouped = groupby(rows, key=lambda row: row.name.partition(":")[0])
    return [row._replace(first=place == 0) for _, group in grouped for place, row in enumerate(group)]


def _failures(audit: RelevanceAudit) -> Iterator[str]:
    shown = [each for each in audit.slices if each.failures or each.name == "all"]
    yield "<h2>Where answers were lost</h2>"
    yield '<p class="look">Each query counts once, by the best of its answers.</p>'
    series = {
        str(outcome): (colour, [_count(each, outcome) for each in shown])
        for outcome, colour in _COLOURS.items()
        if any(_count(each, outcome) for each in shown)
    }
    yield shares([_name(each.name) for each in shown], series, [f"n={each.queries:,}" for each in shown])
    rows = [(outcome, str(audit.slices[0].failures.get(outcome, 0)), means) for outcome, means in _MEANS.items()]
    yield table(("", "Queries", "What it means"), rows, (1,))
    if audit.why:
        yield table(("Answers that were due", "Count"), [(escape(name), f"{count:,}") for name, count in audit.why.items()], (1,))


def _count(of: Slice, outcome: Outcome) -> int:
    if outcome is Outcome.FOUND:
        return of.queries - sum(of.failures.values())
    return of.failures.get(outcome, 0)


def _comparison(of: Comparison) -> Iterator[str]:
    yield f"<h2>Against {escape(of.against)}</h2>"
    yield (
        '<p class="look">Right of the line, what is served now is better, on the same queries asked by the same people. A bar that '
        "crosses the line may be chance.</p>"
    )
    if not any(value for each in of.slices for value in each.difference["ndcg10"].model_dump().values()):
        yield f'<p class="good">No difference in any of {of.slices[0].queries:,} queries.</p>'
        return
    rows = [_difference(each.name, each.difference["ndcg10"], each.queries) for each in of.slices]
    reach = max([0.02, *(abs(edge) for row in rows for edge in (row.low, row.high))]) * 1.1
    yield dots(_grouped(rows), "difference of nDCG@10, paired 95% interval", 0, -reach, reach)


def _difference(name: str, of: Figure, queries: int) -> Dot:
    colour = WARNING if of.high < 0 else "#4a9d7c" if of.low > 0 else TONES["plain"]
    return Dot(_name(name), of.value, of.low, of.high, f"{of.value:+.3f}   n={queries}", colour)


def _canaries(runs: Sequence[CanaryRun]) -> Iterator[str]:
    names = sorted({each.canary for each in runs})
    for name in names:
        of_name = [each for each in runs if each.canary == name]
        moved = [(each, each.drift) for each in of_name if each.drift]
        yield f"<h2>Canary {escape(name)}</h2>"
        if not moved:
            yield f'<p class="look">Asked once, {of_name[-1].at:%Y-%m-%d}: there is nothing to compare with yet.</p>'
            continue
        yield '<p class="look">Kept is the share of what was given before, and could still be, that is still given; what was erased, withheld or denied since does not count against it.</p>'
        days = [each.at for each, _ in moved]
        series = {
            "kept": (KEPT, [drift.kept.value for _, drift in moved]),
            "overlap": ("#4a9d7c", [drift.overlap.value for _, drift in moved]),
            "rank-biased overlap": (TONES["known-risk"], [drift.rbo.value for _, drift in moved]),
        }
        if len(days) > 1:
            yield lines(days, series, "from the run before")
        rows = [
            (
                f"{each.at:%Y-%m-%d %H:%M}",
                f"<code>{each.served.index}</code>",
                f"{drift.changed:,} of {drift.queries:,}",
                _said(drift.kept),
                ", ".join(f"{escape(why)} {count:,}" for why, count in drift.lost.items()),
                "<b>drifted</b>" if drift.drifted else "",
            )
            for each, drift in moved[-12:]
        ]
        yield table(("Run", "Index", "Changed", "Kept", "Lost", ""), rows, (2, 3))


def _weeks(weeks: Sequence[Week]) -> Iterator[str]:
    if not weeks:
        return
    yield "<h2>What people asked</h2>"
    yield '<p class="look">From counts in the ledger; no query is kept. A stability index above 0.25 says that searches are answered otherwise than the week before.</p>'
    for mode, group in groupby(sorted(weeks, key=lambda each: (each.mode, each.week)), key=lambda each: each.mode):
        of_mode = list(group)
        if len(of_mode) > 1:
            series = {
                "low evidence": (WARNING, [each.low_evidence for each in of_mode]),
                "median evidence": (KEPT, [each.median for each in of_mode]),
            }
            yield lines([each.week for each in of_mode], series, escape(mode))
        rows = [
            (
                f"{each.week}",
                escape(each.mode),
                f"{each.searches:,}",
                f"{each.low_evidence:.1%}",
                f"{each.median:.2f}",
                "" if each.divergence is None else f"{each.divergence:.3f}",
                _stable(each.stability),
            )
            for each in of_mode
        ]
        yield table(
            ("Week of", "Mode", "Searches", "Low evidence", "Median", "JS divergence", "Stability index"), rows, (2, 3, 4, 5, 6)
        )


def _stable(value: float | None) -> str:
    if value is None:
        return ""
    said = f"{value:.3f}"
    return f"<b>{said}</b>" if value >= _SHIFTED else f"{said} ·" if value >= _MOVING else said


def _judges(found: Gathered) -> Iterator[str]:
    if found.agreement:
        yield "<h2>Judges</h2>"
        rows = [
            (escape(each.first), escape(each.second), f"{each.both:,}", _kappa(each.relevant), _kappa(each.grade))
            for each in found.agreement
        ]
        yield table(("Judge", "And", "Both graded", "Kappa, relevant or not", "Kappa, grade"), rows, (2, 3, 4))


def _failed(found: Gathered) -> Iterator[str]:
    if found.failed:
        texts = any(each.text for each in found.failed)
        rows = [
            (
                f"<code>{each.query_id[:12]}</code>",
                *([escape(each.text)] if texts else []),
                each.outcome,
                escape(each.why),
                escape(", ".join(each.slices)),
            )
            for each in found.failed
        ]
        columns = ("Query", *(["Text"] if texts else []), "Lost in", "Why", "Slices")
        yield f"<h2>Queries whose answer was not found</h2>{table(columns, rows, ())}"


def _kappa(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def _said(of: Figure) -> str:
    return f"{of.value:.3f} ({of.low:.3f} to {of.high:.3f})"


def _name(slice_name: str) -> str:
    """`language=en` as it is read; a slice of one's own as it is."""
    dimension, _, value = slice_name.partition("=")
    name = f"{dimension}: {value}" if value else slice_name
    return name if len(name) <= 34 else f"{name[:33]}…"


def _footer(audit: RelevanceAudit) -> str:
    return (
        f"<footer>Audit <code>{audit.id}</code> by {escape(audit.actor)}. Snapshot {audit.served.snapshot}, index {audit.served.index} "
        f"revision {audit.served.revision}. Intervals: bootstrap over queries, 1,000 resamples. How to read this: docs/search-quality.md.</footer>"
    )
