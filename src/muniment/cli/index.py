"""muniment index: search indexes over promoted snapshots."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.gate import GateReport
from muniment.schemas.index import EXACT, Index, Layout
from muniment.store.root import open_root
from muniment.store.vectors.kinds import KINDS
from muniment.tasks.encoders.admit import documents_untried
from muniment.tasks.index.compare import compare_indexes
from muniment.tasks.index.gate import gate_index
from muniment.tasks.index.use import fall_back, use_index

index_app = typer.Typer(no_args_is_help=True, help="Search indexes over promoted snapshots.")


@index_app.command()
def build(
    ref: Annotated[str, typer.Option(help="The ref whose snapshot is indexed.")] = "production",
    encoder: Annotated[
        str, typer.Option(help="The embedding model: `muniment encoder list`.", show_default="$MUNIMENT_ENCODER, or minilm")
    ] = "",
    without: Annotated[list[str] | None, typer.Option(help="A layer to leave out: `share-alike`.")] = None,
    layout: Annotated[
        Layout, typer.Option(help="What is kept apart: nothing (shared), what is more sensitive (tiered), or each tenant's.")
    ] = Layout.SHARED,
    variant: Annotated[
        str, typer.Option(help=f"Also build a candidate of this kind ({', '.join(KINDS)}), which is not served yet.")
    ] = "",
    device: Annotated[str, typer.Option(help="What a variant is trained on: cpu, gpu, or auto.")] = "auto",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Chunk, embed and index what a ref shows, and let the ref serve it. With --variant: build a candidate beside that.

    Example: `muniment index build --variant ivf-sq8`, then `muniment index gate ID`, then `muniment index use ID`.
    """
    with progress():
        made = flows.index(
            ref=ref,
            encoder=encoder,
            root=root,
            actor=actor or me(),
            without=tuple(without or ()),
            layout=layout,
            variant=variant,
            device=device,
        )
    if as_json:
        return show_json(made)
    if variant and made.variant != EXACT:
        size = sum(file.bytes for file in made.files if file.kind == made.variant) / 1e6
        out.print(
            f"Candidate [bold]{made.id}[/bold]: {made.variant}, {size:,.1f} MB. It is not served: `muniment index gate {made.id}`."
        )
        return
    out.print(
        f"[bold]{ref}[/bold] serves index [bold]{made.id}[/bold]: {made.count:,} passages of snapshot {made.snapshot}, {made.encoder}, {made.dimension} dimensions."
    )
    _show_untried(root, made)


def _show_untried(root: str, made: Index) -> None:
    """Say plainly which documents lie in languages that nobody measured the encoder in."""
    if found := documents_untried(open_root(root), made):
        documents, spoken = sum(found.values()), ", ".join(f"{language} {count:,}" for language, count in found.items())
        out.print(
            f"[yellow]not measured[/yellow] {documents:,} {'documents are' if documents > 1 else 'document is'} in "
            f"{'languages' if len(found) > 1 else 'a language'} in which {made.encoder} was never measured here: {spoken}. "
            "How well vectors find them is unknown."
        )
        out.print(
            f"  Measure it: `muniment encoder admit {made.encoder} --data FOLDER`; bring another model in: `muniment encoder add`; "
            "or let the policy refuse such builds: `retrieval.require_admitted`.",
            highlight=False,
        )


@index_app.command("list")
def list_indexes(root: Root = "", as_json: Json = False) -> None:
    """Every kept index."""
    kept = list(open_root(root).manifests.all("indexes", Index))
    if as_json:
        return show_json(kept)
    rows = [(each.id, each.revision, each.snapshot, each.encoder, each.variant, each.count) for each in kept]
    show_table(
        "Indexes",
        ("Id", "Revision", "Snapshot", "Encoder", "Variant", "Passages"),
        rows,
        "" if rows else "None yet: `muniment index build`.",
    )


@index_app.command()
def gate(
    identifier: Annotated[str, typer.Argument(help="The candidate: `muniment index list`.")],
    queries: Annotated[str, typer.Option(help="A set of stored queries; by default all, or sampled passages.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Measure a candidate against the exact index, slice by slice. Exit code 1 when it must not be served.

    Example: `muniment index gate 4be1c0`
    """
    with progress():
        report = gate_index(root, identifier, actor or me(), queries)
    if as_json:
        show_json(report)
    else:
        show_gate(report)
    if not report.passed:
        raise typer.Exit(1)


@index_app.command()
def use(
    identifier: Annotated[str, typer.Argument(help="An exact index, or a variant that passed its gate.")],
    ref: Annotated[str, typer.Option(help="The ref that will serve it.")] = "production",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Let a ref serve another index of the snapshot that it shows.

    Example: `muniment index use 4be1c0`
    """
    served = use_index(root, identifier, ref, actor or me())
    if as_json:
        return show_json(served)
    out.print(f"[bold]{ref}[/bold] serves index [bold]{served.id}[/bold] ({served.variant}).")


@index_app.command()
def fallback(
    ref: Annotated[str, typer.Option(help="The ref that goes back.")] = "production",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Serve the index before again.

    Example: `muniment index fallback`
    """
    served = fall_back(root, ref, actor or me())
    if as_json:
        return show_json(served)
    out.print(f"[bold]{ref}[/bold] serves index [bold]{served.id}[/bold] ({served.variant}) again.")


@index_app.command()
def compare(
    first: Annotated[str, typer.Argument(help="An index.")],
    second: Annotated[str, typer.Argument(help="Another one of the same passages.")],
    queries: Annotated[str, typer.Option(help="A set of stored queries; by default all, or sampled passages.")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Ask two indexes the same queries, and show where their answers differ.

    Example: `muniment index compare 4be1c0 77aa02`
    """
    with progress():
        found = compare_indexes(root, first, second, queries)
    if as_json:
        return show_json(found)
    rows = [
        (each.slice, each.queries, each.overlap, each.correlation, "" if each.ndcg is None else f"{each.ndcg[0]} / {each.ndcg[1]}")
        for each in found.differences
    ]
    show_table(f"{found.first} and {found.second}", ("Slice", "Queries", "Overlap@10", "Rank correlation", "nDCG@10"), rows, "")
    out.print(f"ms a query, p50 {found.p50[0]} / {found.p50[1]}, p95 {found.p95[0]} / {found.p95[1]}; {found.queries} queries.")


def show_gate(report: GateReport) -> None:
    """Print what a gate measured."""
    rows = [
        (each.slice, each.queries, each.value, f"{each.low} to {each.high}", each.bar, "yes" if each.passed else "NO")
        for each in report.recalls
    ]
    show_table(f"Recall@10 of {report.index} ({report.variant})", ("Slice", "Queries", "Recall", "95%", "Bar", "Passed"), rows, "")
    times = [(each.pattern, each.allowed, each.p50, each.p95, each.exact_p50, each.exact_p95) for each in report.timings]
    show_table("Milliseconds of a core", ("Access", "Allowed", "p50", "p95", "exact p50", "exact p95"), times, "")
    out.print(f"{report.bytes / 1e6:,.1f} MB beside {report.exact_bytes / 1e6:,.1f} MB exact; {report.queries} queries.")
    out.print(
        "[green]It may be served.[/green]" if report.passed else f"[red]It must not be served:[/red] {', '.join(report.reasons)}."
    )
