"""muniment explain, erase, receipts, audit, lineage: what can be proven."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_sections, show_table
from muniment.errors import NotFound
from muniment.schemas.erasure import Plan, Receipt, Selector
from muniment.store.root import open_root
from muniment.tasks import tables, verify
from muniment.tasks.audit import verify_root
from muniment.tasks.erase import request_erasure, survey
from muniment.tasks.explain import explain as tell

audit_app = typer.Typer(no_args_is_help=True, help="Check that what is kept is what was written.")
lineage_app = typer.Typer(no_args_is_help=True, help="Lineage in SQL.")


def explain(
    document: Annotated[str, typer.Argument(metavar="DOC", help="A document id, `source:native key`, or a citation.")],
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The whole story of a document: what was found, why it is in or out, and where its copies are.

    Examples: `muniment explain handbook:travel/expenses.md`; `muniment explain 3f9c0d…`
    """
    story = tell(root, document)
    if as_json:
        return show_json(story)
    out.rule(f"[bold]{story.action}[/bold] {', '.join(story.reasons)}", align="left")
    show_sections(story.sections)


def erase(
    doc: Annotated[list[str] | None, typer.Option("--doc", help="A document's id; repeat.")] = None,
    source: Annotated[str, typer.Option("--source", help="Everything of a source; it is suspended.")] = "",
    licence: Annotated[
        str, typer.Option("--licence", help="What has no right but this licence; with --source, of that source.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the request.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be touched; change nothing.")] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Erase documents from every kept snapshot, index, cache and from quarantine, and prove it. Exit code 1 when not proven.

    Examples: `muniment erase --doc 3f9c… --dry-run`; `muniment erase --source old-wiki --reason "contract ended"`;
    `muniment erase --source photos --licence CC-BY-4.0 --reason "the licence was never theirs to give"`
    """
    selector = Selector(documents=tuple(each.partition(":")[0] for each in doc or ()), source=source, licence=licence)
    if selector == Selector():
        raise typer.BadParameter("give --doc, --source or --licence")
    if dry_run:
        plan = survey(open_root(root), "", selector)
        return show_json(plan) if as_json else show_plan(plan)
    if len(reason) < 3:
        raise typer.BadParameter("an erasure needs --reason, at least 3 characters")
    with progress():
        receipt = flows.erase(request_erasure(root, selector, reason, actor or me()).id, root=root)
    if as_json:
        show_json(receipt)
    else:
        show_receipt(receipt)
    if not receipt.proven:
        raise typer.Exit(1)


def receipts(
    request: Annotated[str, typer.Argument(help="A request's id; empty: list all.")] = "", root: Root = "", as_json: Json = False
) -> None:
    """Receipts of erasures; with an id, one in full, its signature checked."""
    kept = verify.receipts(open_root(root))
    if not request:
        if as_json:
            return show_json(kept)
        rows = [
            (each.request, each.documents, len(each.copies), "yes" if each.proven else "NO", f"{each.finished:%Y-%m-%d %H:%M}")
            for each in kept
        ]
        return show_table("Receipts", ("Request", "Documents", "Copies", "Proven", "Finished"), rows, "" if rows else "None yet.")
    found = next((each for each in kept if each.request == request), None)
    if found is None:
        raise NotFound(f"No receipt is called {request}.", "List them: `muniment receipts`.")
    if as_json:
        return show_json(found)
    show_receipt(found)
    out.print(
        "The signature is valid."
        if verify.authentic(found)
        else "[bold red]The signature does not match: this receipt was changed.[/bold red]"
    )


def show_receipt(receipt: Receipt) -> None:
    """Print a receipt: copies by kind and status, what was proven, and what was not checked."""
    out.rule(f"Receipt {receipt.request}: {'[green]proven[/green]' if receipt.proven else '[red]NOT proven[/red]'}", align="left")
    groups: dict[tuple[str, str], list[int]] = {}
    for copy in receipt.copies:
        groups.setdefault((copy.place, copy.status), []).append(copy.rows)
    rows = [(place, len(counts), sum(counts), status) for (place, status), counts in sorted(groups.items())]
    seconds = (receipt.finished - receipt.started).total_seconds()
    show_table(
        f"{receipt.documents:,} documents, {len(receipt.copies):,} copies, {seconds:.1f} s",
        ("Copy", "How many", "Rows", "Status"),
        rows,
    )
    show_table("Checked", ("What", "Holds"), [(what, "yes" if holds else "NO") for what, holds in receipt.checks.items()])
    if receipt.affected_models:
        show_table("Trained from affected snapshots: retrain or retire", ("Model",), [(name,) for name in receipt.affected_models])
    show_table("Not checked: these lie outside", ("",), [(what,) for what in receipt.not_checked])


def show_plan(plan: Plan) -> None:
    """Print what an erasure would touch."""
    groups: dict[str, list[int]] = {}
    for copy in plan.copies:
        groups.setdefault(copy.place, []).append(copy.rows)
    rows = [(place, len(counts), sum(counts)) for place, counts in sorted(groups.items())]
    show_table(
        f"{len(plan.documents):,} documents would be erased; nothing was changed", ("What holds them", "How many", "Rows"), rows
    )
    out.print(f"Snapshots touched: {', '.join(plan.snapshots) or 'none'}. Indexes rebuilt: {', '.join(plan.indexes) or 'none'}.")
    out.print(f"Models trained from these snapshots: {', '.join(plan.models) or 'none registered'}.")


@audit_app.command("verify")
def audit_verify(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Recompute the ledger's chain, its signed checkpoints and every object's digest. Exit code 1 when anything differs."""
    with progress():
        audit = verify_root(root, actor or me())
    if as_json:
        show_json(audit)
    else:
        state = "[red]NOT sound[/red]" if audit.problems else "[green]sound[/green]"
        out.print(
            f"{state}: {audit.entries:,} ledger entries, {audit.checkpoints:,} checkpoints, {audit.objects:,} objects; {audit.unnamed:,} objects that nothing names."
        )
        for problem in audit.problems:
            out.print(f"  [red]✗[/red] {problem}", highlight=False)
    if audit.problems:
        raise typer.Exit(1)


@lineage_app.command("sql")
def lineage_sql(
    query: Annotated[str, typer.Argument(help="One SELECT, in DuckDB's SQL.")], root: Root = "", as_json: Json = False
) -> None:
    """Ask the ledger (entries, links, counts, edges) and what stands now (documents, findings, signals, licences, twins, hits,
    verdicts, promoted, chunks).

    Examples: `muniment lineage sql "SELECT kind, count(*) FROM entries GROUP BY ALL"`;
    `muniment lineage sql "SELECT source_id, action, count(*) FROM verdicts GROUP BY ALL ORDER BY ALL"`
    """
    table = tables.query(root, query)
    if as_json:
        return show_json({"columns": table.column_names, "rows": table.to_pylist()})
    rows = [tuple(row.values()) for row in table.slice(0, 1000).to_pylist()]
    show_table("", table.column_names, rows, f"{table.num_rows:,} rows" + (", the first 1,000" if table.num_rows > 1000 else ""))
