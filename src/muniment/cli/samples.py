"""muniment samples: people look at a sample of what gates let through and stopped; their labels give measured error rates."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.schemas.sample import Audited, Label, Opinion
from muniment.store.root import open_root
from muniment.tasks.review import samples as auditing

app = typer.Typer(no_args_is_help=True, help="Sample audits: measured false positives and false negatives of every gate.")
Sample = Annotated[str, typer.Argument(help="The sample's id.")]
Source = Annotated[str, typer.Option("--source", help="The source's id.")]


@app.command()
def draw(
    source: Source,
    size: Annotated[int, typer.Option(min=1, help="How many documents.")] = 50,
    seed: Annotated[str, typer.Option(help="Another seed draws another sample of the same size.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Draw a systematic sample of a source's latest judgement, stratified by action and reasons. The same again gives the same.

    Example: `muniment samples draw --source handbook --size 100`
    """
    made = auditing.draw(root, source, size, actor or me(), seed)
    if as_json:
        return show_json(made)
    rows = [(name, population, drawn) for name, (population, drawn) in made.strata.items()]
    show_table(f"Sample {made.id}", ("Action and reasons", "Documents", "Drawn"), rows, f"Next: `muniment samples show {made.id}`.")


@app.command("list")
def list_samples(source: Source = "", root: Root = "", as_json: Json = False) -> None:
    """All samples, the earliest first."""
    store = open_root(root)
    found = auditing.samples(store, source)
    if as_json:
        return show_json(found)
    rows = [(each.id, each.source, f"{each.at:%Y-%m-%d}", len(each.items), len(auditing.labels(store, each.id))) for each in found]
    note = "" if rows else "None yet: `muniment samples draw`."
    show_table("Samples", ("Id", "Source", "Drawn", "Documents", "Labelled"), rows, note)


@app.command()
def show(identifier: Sample, root: Root = "", as_json: Json = False) -> None:
    """The drawn documents with their verdicts and labels; `muniment explain ID` tells what was found in each.

    Example: `muniment samples show 3f9c0d12ab34cd56`
    """
    store = open_root(root)
    drawn, known = auditing.sample(store, identifier), auditing.labels(store, identifier)
    if as_json:
        return show_json(
            {**drawn.model_dump(mode="json"), "labels": {name: each.model_dump(mode="json") for name, each in known.items()}}
        )
    rows = [
        (item.doc_id, item.action, ", ".join(item.reasons), f"{item.weight:.1f}", _said(known.get(item.doc_id)))
        for item in drawn.items
    ]
    note = "Label each: `muniment samples label SAMPLE DOCUMENT ok|wrong [--as CODE]`."
    show_table(f"Sample {drawn.id} of {drawn.source}", ("Document", "Verdict", "Reasons", "Stands for", "Label"), rows, note)


@app.command()
def label(
    identifier: Sample,
    document: Annotated[str, typer.Argument(help="The document's id.")],
    opinion: Annotated[Opinion, typer.Argument(help="Whether the verdict is right.")],
    code: Annotated[str, typer.Option("--as", help="The reason that hit wrongly, or that should have hit.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say whether a verdict was right. A measured rate of false negatives over the policy's limit closes the green lane.

    Examples: `muniment samples label 3f9c0d12ab34cd56 7be1… ok --actor dana`;
    `muniment samples label 3f9c0d12ab34cd56 7be1… wrong --as PERSONAL_CONTACT --actor dana`
    """
    found = auditing.label(root, identifier, document, opinion, actor or me(), code)
    if as_json:
        return show_json(found)
    out.print(f"{found.labelled:,} of {found.drawn:,} drawn documents of {found.source} are labelled.")
    _closed(found)


@app.command()
def report(
    source: Source,
    plot: Annotated[Path | None, typer.Option(help="Also write a plot of the rates to this SVG file.")] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Measured rates of every gate, with 95% intervals: of what it hit, how much wrongly; of what it let through, how much it missed.

    Example: `muniment samples report --source handbook --plot gates.svg`
    """
    found = auditing.audited(open_root(root), source)
    if plot:
        from muniment.report.gates import rates

        plot.write_text(rates(found))
    if as_json:
        return show_json(found)
    rows = [
        (each.gate, each.hit, _interval(each.hit, each.false_positives), each.passed, _interval(each.passed, each.false_negatives))
        for each in found.gates
    ]
    show_table(
        f"{found.labelled:,} labels of {found.drawn:,} drawn documents in {found.samples:,} samples of {found.source}",
        ("Gate", "Stopped or marked", "Wrongly", "Let through", "Missed"),
        rows,
        "Weighted by what each label stands for; Wilson's 95% intervals.",
    )
    _closed(found)


@app.command()
def reopen(source: Source, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Open a source's green lane to automation again; only samples that are drawn from now on count.

    Example: `muniment samples reopen --source handbook --actor dana`
    """
    found = auditing.reopen(root, source, actor or me())
    if as_json:
        return show_json(found)
    out.print(f"The green lane of {found.source} is open to automation.")


def _closed(found: Audited) -> None:
    if found.closed:
        out.print(f"[yellow]The green lane of {found.source} is closed to automation.[/yellow] {found.closed}")


def _said(mark: Label | None) -> str:
    return "" if mark is None else f"{mark.opinion}{f' ({mark.code})' if mark.code else ''} by {mark.actor}"


def _interval(labels: int, rate: tuple[float, float, float]) -> str:
    return f"{rate[0]:.1%} ({rate[1]:.1%}–{rate[2]:.1%})" if labels else "not measured"
