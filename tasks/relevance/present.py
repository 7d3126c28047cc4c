"""Show how good search is in the Prefect UI: figures, counts and ids, with a picture."""

from base64 import b64encode
from collections.abc import Iterator

from muniment.schemas.chart import Chart, Series, Tone
from muniment.schemas.relevance import CanaryRun, Figure, Outcome, RelevanceAudit, Watched
from muniment.tasks.step import run_id, step

ARTIFACT = "search-quality"
_TONES: dict[Outcome, Tone] = {
    Outcome.ASSEMBLY: "known-risk",
    Outcome.RANKING: "hold",
    Outcome.RECALL: "reject",
    Outcome.DENIED: "plain",
    Outcome.WITHHELD: "redact",
    Outcome.ABSENT: "accept",
}
_SHOWN = 14  # slices of a picture


@step
def present_relevance(uri: str, found: Watched) -> None:
    """Write what was found as an artifact of the flow run; outside one there is nobody to show it to."""
    if not run_id() or not (found.canaries or found.audit):
        return
    from prefect.artifacts import create_markdown_artifact

    said = ", ".join(found.drifted)
    description = f"answers moved too far: {said}" if said else "answers are as they should be"
    create_markdown_artifact(markdown(found), key=ARTIFACT, description=description)


def markdown(found: Watched) -> str:
    """The artifact's text. It names no query."""
    return "\n".join([*_canaries(found.canaries), *(_audit(found.audit) if found.audit else ())])


def _canaries(runs: tuple[CanaryRun, ...]) -> Iterator[str]:
    if runs:
        yield "| canary | index | queries | changed | kept | lost | |\n|---|---|---|---|---|---|---|"
    for each in runs:
        drift = each.drift
        lost = ", ".join(f"{why} {count}" for why, count in drift.lost.items()) if drift else ""
        moved = (
            (str(drift.changed), _said(drift.kept), lost, "**drifted**" if drift.drifted else "")
            if drift
            else ("", "", "", "first run")
        )
        yield f"| {each.canary} | `{each.served.index}` | {each.asked.rows} | {' | '.join(moved)} |"


def _audit(audit: RelevanceAudit) -> Iterator[str]:
    from muniment.core.pictures import picture  # matplotlib takes a second to import

    yield f"\n### Audit of {audit.queries} on index `{audit.served.index}`\n"
    slices = [each for each in audit.slices if each.failures][:_SHOWN]
    if slices:
        series = tuple(
            Series(name=outcome, tone=tone, values=tuple(float(each.failures.get(outcome, 0)) for each in slices))
            for outcome, tone in _TONES.items()
            if any(each.failures.get(outcome) for each in slices)
        )
        chart = Chart(
            title="Queries lost, by slice", kind="bars", labels=tuple(each.name for each in slices), series=series, axis="queries"
        )
        yield f"![Queries lost, by slice](data:image/png;base64,{b64encode(picture([chart])).decode()})\n"
    yield "| slice | queries | nDCG@10 | recall@10 | lost |\n|---|---|---|---|---|"
    for each in audit.slices:
        figures = (_said(each.figures[name]) if each.figures else "" for name in ("ndcg10", "recall10"))
        lost = ", ".join(f"{name} {count}" for name, count in each.failures.items())
        yield f"| {each.name} | {each.queries} | {' | '.join(figures)} | {lost} |"


def _said(of: Figure) -> str:
    return f"{of.value:.3f} ({of.low:.3f} to {of.high:.3f})"
