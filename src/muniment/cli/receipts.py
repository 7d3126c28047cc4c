"""muniment receipts: what was erased, and the proof of it."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, out, show_json, show_table
from muniment.errors import NotFound
from muniment.report.receipt import page
from muniment.schemas.erasure import Receipt
from muniment.store.root import open_root
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.requests import request as request_of


def receipts(
    request: Annotated[str, typer.Argument(help="A request's id; empty: list all.")] = "",
    page_file: Annotated[Path | None, typer.Option("--page", help="Write it as a page to read, print and file (HTML).")] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Receipts of erasures; with an id, one in full, its signature checked.

    Examples: `muniment receipts`; `muniment receipts 4be1c07f35a9d26e80b7 --page receipt.html`
    """
    kept = verify.receipts(open_root(root))
    if not request:
        return _list(kept, as_json)
    found = next((each for each in kept if each.request == request), None)
    if found is None:
        raise NotFound(f"No receipt is called {request}.", "List them: `muniment receipts`.")
    if page_file:
        page_file.write_text(page(found, request_of(open_root(root), request), verify.authentic(found)))
    if as_json:
        return show_json(found)
    show_receipt(found)
    valid = verify.authentic(found)
    out.print(
        "The signature is valid." if valid else "[bold red]The signature does not match: this receipt was changed.[/bold red]"
    )
    if page_file:
        out.print(f"Written to {page_file}.")


def _list(kept: list[Receipt], as_json: bool) -> None:
    if as_json:
        return show_json(kept)
    rows = [
        (each.request, each.documents, len(each.copies), "yes" if each.proven else "NO", f"{each.finished:%Y-%m-%d %H:%M}")
        for each in kept
    ]
    show_table("Receipts", ("Request", "Documents", "Copies", "Proven", "Finished"), rows, "" if rows else "None yet.")


def show_receipt(receipt: Receipt) -> None:
    """Print a receipt: copies by kind and status, what was proven, what was found, what is left to do, and what was not checked."""
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
    if receipt.residue:
        found = [(each.place, each.name, each.trace, each.count) for each in receipt.residue]
        show_table("Found", ("Kind of file", "Where", "Trace", "Times"), found)
    if receipt.follow_up:
        left = [(each.kind, each.name, each.action) for each in receipt.follow_up]
        show_table("Left to do", ("", "Which", "What"), left)
    show_table("Not checked", ("",), [(what,) for what in receipt.not_checked])
