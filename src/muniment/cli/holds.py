"""muniment hold: what must stay, by whose word, until when."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.store.root import open_root
from muniment.tasks.retain import holds

app = typer.Typer(no_args_is_help=True, help="Legal holds: neither retention nor an erasure removes what they name.")
Name = Annotated[str, typer.Argument(help="A short name: case-2026-14.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the hold, never in the ledger.")]


@app.command()
def place(
    name: Name,
    reason: Reason,
    doc: Annotated[list[str] | None, typer.Option("--doc", help="A document's id; repeat.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Everything of a source, now and later; repeat.")] = None,
    subject_hash: Annotated[
        list[str] | None,
        typer.Option("--subject-hash", help="Keyed hash of what identifies a person, as findings have it; repeat."),
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Place a hold. Somebody in the group `legal` may, or the steward of every source that it reaches.

    Examples: `muniment hold place case-14 --source contracts --reason "litigation with a supplier"`;
    `muniment hold place case-15 --doc 3f9c… --reason "audit of the authority" --actor robin`
    """
    if not (doc or source or subject_hash):
        raise typer.BadParameter("give --doc, --source or --subject-hash")
    if len(reason) < 3:
        raise typer.BadParameter("a hold needs --reason, at least 3 characters")
    made = holds.place(root, name, reason, actor or me(), doc or (), source or (), subject_hash or ())
    if as_json:
        return show_json(made)
    out.print(f"[bold]{made.name}[/bold] holds {_reach(made.documents, made.sources, made.subjects)}.", highlight=False)


@app.command("list")
def list_holds(
    everything: Annotated[bool, typer.Option("--all", help="Those that were released too.")] = False,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Holds that stand.

    Examples: `muniment hold list`; `muniment hold list --all --json`
    """
    known = [each for each in holds.holds(open_root(root)) if everything or each.released is None]
    if as_json:
        return show_json(known)
    rows = [
        (
            each.hold.name,
            _reach(each.hold.documents, each.hold.sources, each.hold.subjects),
            each.hold.actor,
            f"{each.hold.at:%Y-%m-%d}",
            f"{each.released.at:%Y-%m-%d} by {each.released.actor}" if each.released else "",
            each.hold.reason,
        )
        for each in known
    ]
    columns = ("Hold", "Reaches", "By", "Since", "Released", "Reason")
    show_table("Legal holds", columns, rows, "" if rows else "None stands.")


@app.command()
def release(name: Name, reason: Reason, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """End a hold. Erasures that waited for it are completed by the next reconciliation, retention by the next night.

    Example: `muniment hold release case-14 --reason "settled"`
    """
    made = holds.release(root, name, reason, actor or me())
    if as_json:
        return show_json(made)
    out.print(f"[bold]{made.name}[/bold] is released.")


def _reach(documents: tuple[str, ...], sources: tuple[str, ...], subjects: tuple[str, ...]) -> str:
    counted = ((documents, "document"), (subjects, "person"))
    parts = [f"{len(each):,} {name}{'s' * (len(each) > 1)}" for each, name in counted if each]
    return "; ".join([*(f"source {name}" for name in sources), *parts])
