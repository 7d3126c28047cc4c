"""muniment access: who may read what."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, out, show_json, show_table
from muniment.store.root import open_root
from muniment.tasks.access import principals

access_app = typer.Typer(no_args_is_help=True, help="Who may read what: principals, their groups, clearance and tenant.")


@access_app.command("show")
def show_access(root: Root = "", as_json: Json = False) -> None:
    """All principals."""
    known = list(principals.everyone(open_root(root)).values())
    if as_json:
        return show_json(known)
    rows = [(each.id, ", ".join(sorted(each.groups)), each.clearance, each.tenant) for each in known]
    show_table(
        "Principals",
        ("Id", "Groups", "Clearance", "Tenant"),
        rows,
        "" if rows else "None yet: nobody can search. `muniment access use FILE`.",
    )


@access_app.command("use")
def use_access(
    file: Annotated[Path, typer.Argument(help="TOML: a table a principal.", exists=True, dir_okay=False)], root: Root = ""
) -> None:
    """Put a file of principals in force, at once and for every index.

    The file: `[dana]` / `groups = ["staff", "legal"]` / `clearance = "confidential"` / `tenant = "default"`
    """
    known = principals.put_in_force(open_root(root), file.read_text())
    out.print(f"{len(known)} principals are in force.")
