"""muniment keys: generations of the key that makes pseudonyms."""

from enum import StrEnum
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.tasks import keys

app = typer.Typer(
    no_args_is_help=True, help="The key that makes pseudonyms: list its generations, make a new one, destroy an old one."
)


class Purpose(StrEnum):
    """What a key is for, of those that can be replaced."""

    PSEUDONYMS = "pseudonyms"


@app.command("list")
def list_keys(root: Root = "", as_json: Json = False) -> None:
    """Every generation, whether it is in use, kept or retired, and which snapshots hold pseudonyms that it made."""
    known = keys.keys(root)
    if as_json:
        return show_json(known)
    rows = [(each.id, each.state, len(each.snapshots), ", ".join(each.snapshots[-3:])) for each in known]
    note = "" if rows else "None yet: the first is made when a policy asks for pseudonyms."
    show_table("Keys for pseudonyms", ("Id", "State", "Snapshots", "The last of them"), rows, note)


@app.command()
def rotate(
    purpose: Annotated[Purpose, typer.Argument(help="Which key.")], root: Root = "", actor: Actor = "", as_json: Json = False
) -> None:
    """Make a new key; the next promotion writes every pseudonym anew with it. The one before is kept until it is retired.

    Example: `muniment keys rotate pseudonyms`
    """
    made = keys.rotate(root, actor or me())
    if as_json:
        return show_json(made)
    out.print(f"Key [bold]{made.id}[/bold] is in use for {purpose}: `muniment promote` writes them anew.")


@app.command()
def retire(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An earlier generation: `muniment keys list`.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Destroy an earlier key for good: what it made can be linked to nobody any more. Destroy it in backups of the keyring too.

    Example: `muniment keys retire 9f2c41d07a6be835`
    """
    gone = keys.retire(root, identifier, actor or me())
    if as_json:
        return show_json(gone)
    out.print(
        f"Key [bold]{gone.id}[/bold] is destroyed in this keyring; {len(gone.snapshots)} snapshots hold pseudonyms that it made."
    )
