"""muniment queries: real questions with what answers them."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.query import Counted
from muniment.store.root import open_root
from muniment.tasks.queries import registry, stored
from muniment.tasks.queries.show import show_queries

app = typer.Typer(no_args_is_help=True, help="Sets of real queries with what answers them: what search is judged by.")
Name = Annotated[str, typer.Argument(help="Short name; `NAME@2` is its second version.")]


@app.command()
def add(
    name: Name,
    file: Annotated[
        Path, typer.Argument(help="JSON Lines, or a folder with queries.jsonl and qrels.tsv (BEIR form).", exists=True)
    ],
    user: Annotated[str, typer.Option("--as", help="The principal who asks where a query names none.")] = "",
    source: Annotated[str, typer.Option("--source", help="The source whose native keys a BEIR folder's documents are.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Register a set, or its next version. A line: `{"text": …, "relevant": [{"document": "source:key", "gain": 1, "start": 0, "end": 9}]}`,
    and maybe id, user, language and slices.

    Examples: `muniment queries add desk questions.jsonl --as dana`; `muniment queries add beir folder/ --source papers --as dana`
    """
    with progress():
        made = registry.add_queries(root, name, file, actor or me(), user, source)
    if as_json:
        return show_json(made)
    out.print(f"{made.name}@{made.number}: {made.queries:,} queries, {made.judged:,} judgements.")


@app.command("list")
def list_queries(root: Root = "", as_json: Json = False) -> None:
    """Every kept version: counts, no query.

    Example: `muniment queries list --json`
    """
    known = stored.listed(open_root(root))
    if as_json:
        return show_json(known)
    _show(known, "" if known else "None yet: `muniment queries add NAME FILE`.")


@app.command()
def show(
    name: Name,
    user: Annotated[str, typer.Option("--as", help="Who asks, a known principal.", show_default="your login name")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The queries of a set, for a principal cleared for all that is restricted; the ledger keeps who was shown them.

    Example: `muniment queries show desk --as dana`
    """
    found = show_queries(root, name, user or me())
    if as_json:
        return show_json(found)
    rows = [(each.id, each.native_key, each.user, each.language, ", ".join(each.slices), each.text) for each in found]
    show_table(name, ("Id", "Key", "Asked by", "Language", "Slices", "Text"), rows)


@app.command()
def remove(name: Name, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Remove a set, or one version of it: texts and judgements. A backup lets go of it when it is made again.

    Examples: `muniment queries remove desk@1`; `muniment queries remove desk --actor dana`
    """
    gone = registry.remove_queries(root, name, actor or me())
    if as_json:
        return show_json(gone)
    _show(gone, "Removed.")


def _show(known: list[Counted], note: str) -> None:
    rows = [(each.name, each.number, each.queries, each.judged, f"{each.at:%Y-%m-%d %H:%M}", each.actor) for each in known]
    show_table("Sets of queries", ("Name", "Version", "Queries", "Judgements", "At", "By"), rows, note)
