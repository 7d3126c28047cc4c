"""muniment erase, receipts: what leaves, everywhere, and the proof of it."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.errors import NotFound
from muniment.schemas.erasure import Plan, Receipt, Selector
from muniment.store.root import open_root
from muniment.tasks import verify
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.survey import survey


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
