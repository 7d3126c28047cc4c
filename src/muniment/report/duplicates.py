"""The page about what de-duplication removes: totals, slices, similarity, and the largest clusters."""

from collections.abc import Iterator, Sequence
from html import escape

from muniment.report.page import document, table
from muniment.report.plots import Bar, bars, histogram
from muniment.tasks.duplicates.clusters import Cluster
from muniment.tasks.duplicates.effect import BINS, DIMENSIONS, Amount, Effect, Slice

_ROWS = 15  # bars of a plot
_LOOK = {
    "source": "A source that loses much is a mirror of another, or holds forms that its domain in the policy should keep apart.",
    "language": "A language that loses more than the others points at shingles that do not suit its script.",
    "length": "Short documents share wording by nature: when they lose most, raise <code>near_from</code> in the policy.",
    "media type": "When code loses more than prose, look whether copies in other projects should be kept (<code>projects</code>).",
}


def page(found: Effect) -> str:
    """A whole HTML document. It holds ids, counts and names of sources, never a text, a title or a path."""
    removed = found.before - found.after
    title = f"Duplicates: {removed.documents:,} of {found.before.documents:,} documents are removed ({found.share:.1%})"
    parts = [
        f"<h1>{title}</h1>",
        *_summary(found, removed),
        *(part for dimension in DIMENSIONS for part in _dimension(found, dimension)),
        *_similarity(found),
        *_kept_all_the_same(found),
        *_clusters(found.clusters),
        _footer(found),
    ]
    return document(title, parts)


def _summary(found: Effect, removed: Amount) -> Iterator[str]:
    rows = [("before", found.before), ("after", found.after), ("removed", removed)]
    rows += [(f"removed as {kind}", amount) for kind, amount in found.kinds.items()]
    yield table(("", "Documents", "Characters"), [(name, *_said(amount, found.before)) for name, amount in rows])
    high = [each for each in found.slices if each.high]
    if high:
        named = ", ".join(f"{each.dimension} <b>{escape(each.value)}</b> ({each.share:.0%})" for each in high)
        yield f'<p class="warn">These lose far more than the whole ({found.share:.1%}): {named}. Read some of their documents first.</p>'
    elif removed.documents:
        yield '<p class="good">No source, language, length or media type loses far more than the whole.</p>'
    else:
        yield '<p class="good">Nothing was removed.</p>'
    if found.not_searched:
        yield f'<p class="warn">Not searched for duplicates: {escape(", ".join(found.not_searched))}. Capture them again.</p>'
    if found.settings > 1:
        yield f'<p class="warn">Duplicates were searched for under {found.settings} different settings. Capture all sources again to compare them.</p>'


def _dimension(found: Effect, dimension: str) -> Iterator[str]:
    slices = [each for each in found.slices if each.dimension == dimension]
    yield f"<h2>By {dimension}</h2>"
    yield f'<p class="look">{_LOOK[dimension]}</p>'
    shown = (
        slices
        if len(slices) <= _ROWS
        else sorted(slices[:_ROWS] + [each for each in slices[_ROWS:] if each.high], key=slices.index)
    )
    yield bars([_bar(each) for each in shown])
    if len(shown) < len(slices):
        yield f"<p>And {len(slices) - len(shown):,} more, none of them far above the whole.</p>"


def _bar(of: Slice) -> Bar:
    kept, removed = of.after.documents, of.before.documents - of.after.documents
    said = f"{of.before.documents:,} → {kept:,}  (−{of.share:.1%})" if removed else f"{kept:,}"
    return Bar(name=_short(of.value), kept=kept, removed=removed, said=said, high=of.high)


def _short(value: str) -> str:
    return value if len(value) <= 32 else f"{value[:31]}…"


def _similarity(found: Effect) -> Iterator[str]:
    kinds = [kind for kind in found.kinds if kind != "exact"]
    exact = found.kinds["exact"].documents if "exact" in found.kinds else 0
    bins = [each for each in found.jaccard if any(each.documents.get(kind) for kind in kinds)]
    yield "<h2>How alike the removed documents are to the kept ones</h2>"
    look = "A heap at the left end says that the level cuts through related documents: read some before it is lowered."
    yield f'<p class="look">{look} {exact:,} byte-equal ones (Jaccard 1) are not drawn.</p>'
    if bins:
        from_first = found.jaccard[found.jaccard.index(bins[0]) :]
        series = {kind: [each.documents.get(kind, 0) for each in from_first] for kind in kinds}
        yield histogram([each.low for each in from_first], 1 / BINS, series, "exact Jaccard")


def _kept_all_the_same(found: Effect) -> Iterator[str]:
    if found.spared:
        yield "<h2>Close to a kept document, and kept all the same</h2>"
        yield '<p class="look">A large number here is a rule of the policy at work: make sure that it is meant.</p>'
        yield table(
            ("Reason", "Documents", "Characters"), [(why, *_said(amount, found.before)) for why, amount in found.spared.items()]
        )


def _clusters(clusters: Sequence[Cluster]) -> Iterator[str]:
    if clusters:
        yield "<h2>The largest clusters</h2>"
        yield (
            '<p class="look">Open a few members with <code>muniment explain</code>: a cluster whose least Jaccard is low, or that mixes '
            "sources that have nothing to do with each other, is where a template was mistaken for a copy.</p>"
        )
        columns = ("Kept document", "Source", "Documents", "Removed", "Kinds", "Least Jaccard", "Preferred for")
        yield table(columns, [_cluster(each) for each in clusters], (2, 3, 5), [_members(each) for each in clusters])


def _cluster(of: Cluster) -> tuple[str, ...]:
    preferred = ", ".join(f"{escape(why)} ({count:,})" for why, count in of.preferred.items())
    counts = (f"{of.documents:,}", f"{of.removed:,}", ", ".join(of.kinds), f"{of.jaccard:.3f}")
    return f"<code>{of.kept}</code>", escape(of.source) or "no longer held", *counts, preferred


def _members(of: Cluster) -> str:
    rows = [
        (
            f"<code>{each.doc_id}</code>",
            escape(each.source),
            f"{each.characters:,}",
            f"{each.jaccard:.3f}",
            f"kept: {escape(each.spared)}" if each.spared else "removed",
        )
        for each in of.members
    ]
    listed = table(("Member", "Source", "Characters", "Jaccard", ""), rows, (2, 3))
    return f"<details><summary>Cluster <code>{of.id}</code>: the least alike members</summary>{listed}</details>"


def _said(amount: Amount, whole: Amount) -> tuple[str, str]:
    return tuple(
        f"{part:,} ({part / max(of, 1):.1%})"
        for part, of in ((amount.documents, whole.documents), (amount.characters, whole.characters))
    )  # type: ignore[return-value]


def _footer(found: Effect) -> str:
    judged = ", ".join(
        f"{escape(source)} {judgement[:12]}" for source, judgement in zip(found.sources, found.judgements, strict=True)
    )
    return (
        "<footer>Removed is a document that is close to a kept one and that nothing spares; other reasons to refuse it do not count here. "
        f"Length is in characters. From the judgements {judged}.</footer>"
    )
