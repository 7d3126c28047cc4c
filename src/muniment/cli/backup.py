"""muniment backup: copies of a root that erasures reach, and that come back without what was erased since."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.tasks.custody import backup as backups
from muniment.tasks.custody import restore as restoring

app = typer.Typer(
    no_args_is_help=True, help="Copies of the root: make, list, verify and restore them. Erasures are carried out in them too."
)
Place = Annotated[str, typer.Argument(metavar="PLACE", help="Folder or s3://bucket/prefix of the copy.")]


@app.command()
def make(place: Place, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Make a copy of the root, or bring one up to date: what is there is not copied again. Run it again when it was interrupted.

    Keys are not in it: back up the keyring, and what the key-encryption key is, elsewhere. Examples:
    `muniment backup make /mnt/backup/corpus`; `muniment backup make s3://backups/corpus`
    """
    done = backups.make_backup(root, place, actor or me())
    if as_json:
        return show_json(done)
    out.print(
        f"Backup [bold]{done.id}[/bold] is whole: {done.objects:,} objects, of which {done.copied:,} ({done.bytes:,} bytes) were new."
    )


@app.command("list")
def list_backups(root: Root = "", as_json: Json = False) -> None:
    """Every registered backup, when it was last made whole, and whether it can be read now: one that cannot keeps erasures pending."""
    from muniment.store.root import open_root

    known = backups.registered(open_root(root))
    if as_json:
        return show_json(known)
    rows = [
        (each.id, each.uri, f"{each.made:%Y-%m-%d %H:%M}" if each.made else "never", "yes" if each.reachable else "no")
        for each in known
    ]
    show_table("Backups", ("Id", "Place", "Made", "Reachable"), rows, "" if rows else "None yet: `muniment backup make PLACE`.")


@app.command()
def verify(place: Place, as_json: Json = False) -> None:
    """Read a whole copy: every object against its name, every manifest, the ledger's chain. Exit code 1 when something is wrong.

    Example: `muniment backup verify /mnt/backup/corpus`
    """
    found = backups.verify_backup(place)
    if as_json:
        show_json(found)
    else:
        out.print(f"{found.objects:,} objects, {found.manifests:,} manifests and {found.entries:,} ledger entries were read.")
        for problem in found.problems:
            out.print(f"[red]{problem}[/red]", highlight=False)
    if found.problems:
        raise typer.Exit(1)


@app.command()
def forget(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="`muniment backup list`.")],
    reason: Annotated[str, typer.Option(help="What became of it.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say that a backup was destroyed or is lost for good: erasures wait for it no more.

    Example: `muniment backup forget 3f9a01c2d4e5 --reason "tape shredded, certificate 118"`
    """
    gone = backups.forget_backup(root, identifier, reason, actor or me())
    if as_json:
        return show_json(gone)
    out.print(f"Backup [bold]{gone.id}[/bold] is forgotten.")


@app.command()
def restore(
    place: Place,
    to: Annotated[str, typer.Option(help="An empty folder or s3://bucket/prefix.")],
    journal: Annotated[
        str, typer.Option(help="A root or newer backup that knows what was erased since.", show_default="the root it is of")
    ] = "",
    because: Annotated[str, typer.Option("--no-journal-because", help="Restore although nothing knows that: why.")] = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Restore a copy to an empty place. What was erased since it was made is erased there too, before anything is shown.

    Examples: `muniment backup restore /mnt/backup/corpus --to ./restored`;
    `muniment backup restore s3://backups/corpus --to ./restored --journal /mnt/newer/corpus`
    """
    done = restoring.restore(place, to, actor or me(), journal, because)
    if as_json:
        return show_json(done)
    known = f"{done.requests} erasures were carried out again" if done.journal else "without a journal of erasures"
    out.print(f"{done.objects:,} objects of backup [bold]{done.backup}[/bold] are in {done.root}; {known}.")
