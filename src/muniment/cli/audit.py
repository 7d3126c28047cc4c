"""muniment audit: check that what is kept is what was written."""

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json
from muniment.tasks.audit import verify_root

app = typer.Typer(no_args_is_help=True, help="Check that what is kept is what was written.")


@app.command("verify")
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
