"""muniment recipient: who was given a snapshot."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, show_json, show_table
from muniment.schemas.recipient import Recipient
from muniment.store.root import open_root
from muniment.tasks.audit import recipients

app = typer.Typer(no_args_is_help=True, help="Who was given a snapshot, for what, and whom to tell when something of it is erased.")


@app.command()
def register(
    name: Annotated[str, typer.Argument(help="Short name: small letters, digits, - and _.")],
    purpose: Annotated[str, typer.Option(help="What they were given it for.")],
    contact: Annotated[str, typer.Option(help="A role or a shared address to write to; no person's.")],
    of: Annotated[list[str] | None, typer.Option("--of", help="A snapshot or ref; repeat.", show_default="production")] = None,
    transfer: Annotated[str, typer.Option(help="The third country or organisation, and the safeguard.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Write down that somebody was given a snapshot, so that the record of processing and notices of erasure name them.

    Example: `muniment recipient register acme-labs --of production --purpose "evaluation of search" --contact "data desk"`
    """
    made = recipients.register(root, name, of or ["production"], purpose, contact, actor or me(), transfer)
    show_json(made) if as_json else _show(made)


@app.command("list")
def list_recipients(root: Root = "", as_json: Json = False) -> None:
    """Everybody who was given a snapshot, by name.

    Example: `muniment recipient list`
    """
    known = recipients.registered(open_root(root))
    show_json(known) if as_json else _show(known)


def _show(found: list[Recipient]) -> None:
    rows = [(each.name, each.snapshot, each.purpose, each.contact, each.transfer or "–", f"{each.at:%Y-%m-%d}") for each in found]
    show_table("Recipients", ("Name", "Snapshot", "Purpose", "Contact", "Transfer", "Since"), rows, "" if rows else "None yet.")
