"""muniment evalset: what models are tested with, kept apart, and never promoted."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.evalset import Listed
from muniment.store.root import open_root
from muniment.tasks import evalsets as sets
from muniment.tasks.evaluation import remove as removal
from muniment.tasks.evaluation.screened import history as versions_of
from muniment.tasks.evaluation.show import show_items
from muniment.tasks.evaluation.versions import add_evalset, rotate_evalset

app = typer.Typer(no_args_is_help=True, help="Evaluation sets: what models are tested with, and no corpus may hold.")
Name = Annotated[str, typer.Argument(help="Short name.")]
File = Annotated[
    Path,
    typer.Argument(help="JSON Lines, CSV or Parquet with id, question and answer, and maybe kind.", exists=True, dir_okay=False),
]
_DAY = ["%Y-%m-%d"]


@app.command()
def add(
    name: Name,
    file: File,
    group: Annotated[
        str, typer.Option("--group", help="Group of principals that may read and change it.", show_default="evaluators")
    ] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Register a set, or correct it: a changed one is its next version. Every later capture is screened against it, and what was
    captured is screened again at its next run.

    Kinds of item: question, answer, prompt, sensitive. Example: `muniment evalset add quiz quiz.jsonl --group evaluators`
    """
    added = add_evalset(root, name, file, actor or me(), group)
    if as_json:
        return show_json(_listed(root, name))
    out.print(f"{added.id}: {added.kept[-1].used:,} items registered as version {added.kept[-1].number}.")


@app.command()
def rotate(
    name: Name,
    file: File,
    retire: Annotated[
        list[str] | None, typer.Option("--retire", help="Id of an item to retire; by default all not in FILE.")
    ] = None,
    on: Annotated[datetime | None, typer.Option("--on", formats=_DAY, help="The day of retirement.", show_default="today")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", formats=_DAY, help="First day on which the retired are no longer screened for.", show_default="never"
        ),
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Bring new items into a set and retire others, which are still screened for.

    Examples: `muniment evalset rotate quiz new.jsonl --retire q1 --retire q2 --until 2028-01-01`; `muniment evalset rotate quiz all.jsonl`
    """
    days = (each.date() if each else None for each in (on, until))
    made = rotate_evalset(root, name, file, actor or me(), tuple(retire or ()), *days)
    if as_json:
        return show_json(_listed(root, name))
    version = made.kept[-1]
    out.print(f"{made.id}: version {version.number} has {version.used:,} items in use and {version.retired:,} retired.")


@app.command("list")
def list_sets(root: Root = "", as_json: Json = False) -> None:
    """All registered sets: counts and keyed hashes, no items.

    Example: `muniment evalset list --json`
    """
    known = sets.listed(open_root(root))
    if as_json:
        return show_json(known)
    rows = [(each.id, each.version, each.items, each.retired, each.lapsed, each.group, each.handle) for each in known]
    columns = ("Name", "Version", "Items", "Retired", "Lapsed", "Group", "Handle")
    show_table("Evaluation sets", columns, rows, "" if known else "None yet.")


@app.command()
def show(
    name: Name,
    version: Annotated[int, typer.Option("--version", help="Number of a version.", show_default="the one in force")] = 0,
    user: Annotated[str, typer.Option("--as", help="Who asks, a known principal.", show_default="your login name")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The items of a set, for a principal of its group; the ledger keeps who was shown them.

    Example: `muniment evalset show quiz --as dana`
    """
    items = show_items(root, name, user or me(), version)
    if as_json:
        return show_json(items)
    rows = [(each.item, each.handle, str(each.kind), each.question, each.answer, each.retired, each.until) for each in items]
    show_table(name, ("Id", "Handle", "Kind", "Question", "Answer", "Retired", "Screened until"), rows)


@app.command()
def history(name: Name, root: Root = "", as_json: Json = False) -> None:
    """The versions of a set, and which captures each of them screened.

    Example: `muniment evalset history quiz --json`
    """
    found = versions_of(root, name)
    if as_json:
        return show_json(found)
    rows = [
        (each.number, f"{each.at:%Y-%m-%d %H:%M}" if each.at else "", each.actor, each.used, each.retired, len(each.captures))
        for each in found
    ]
    show_table(name, ("Version", "At", "By", "Items", "Retired", "Captures screened"), rows)


@app.command()
def remove(name: Name, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Remove a set for good: every version, and what evidence says of it, in the backups too. What it kept out is judged anew.

    Example: `muniment evalset remove quiz --actor dana`
    """
    with progress():
        removed = removal.remove_evalset(root, name, actor or me())
    if as_json:
        return show_json(removed)
    out.print(
        f"{removed.id}: {removed.items:,} items of {removed.versions} versions removed, {removed.evidence} objects of evidence rewritten."
    )
    if removed.judgements:
        out.print(f"Judged anew, for their stewards to decide: {', '.join(removed.judgements)}.")
    if removed.pending:
        out.print(f"Not reached: backups {', '.join(removed.pending)}. Run the same again when they can be read.")


def _listed(root: str, name: str) -> Listed:
    return next(each for each in sets.listed(open_root(root)) if each.id == name)
