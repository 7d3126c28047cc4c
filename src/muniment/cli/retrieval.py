"""muniment index, search, access: retrieval under access control."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.flows.index import DEFAULT_ENCODER
from muniment.schemas.index import Index
from muniment.schemas.search import Answer
from muniment.store.root import open_root
from muniment.tasks import principals
from muniment.tasks.search.search import search as answer

index_app = typer.Typer(no_args_is_help=True, help="Search indexes over promoted snapshots.")
access_app = typer.Typer(no_args_is_help=True, help="Who may read what: principals, their groups, clearance and tenant.")

_SHOWN = 320  # characters of a passage in the terminal


@index_app.command()
def build(
    ref: Annotated[str, typer.Option(help="The ref whose snapshot is indexed.")] = "production",
    encoder: Annotated[str, typer.Option(help="The embedding model.")] = DEFAULT_ENCODER,
    without: Annotated[list[str] | None, typer.Option(help="A layer to leave out: `share-alike`.")] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Chunk, embed and index what a ref shows, and let the ref serve it."""
    with progress():
        made = flows.index(ref=ref, encoder=encoder, root=root, actor=actor or me(), without=tuple(without or ()))
    if as_json:
        return show_json(made)
    out.print(
        f"[bold]{ref}[/bold] serves index [bold]{made.id}[/bold]: {made.count:,} passages of snapshot {made.snapshot}, {made.encoder}, {made.dimension} dimensions."
    )


@index_app.command("list")
def list_indexes(root: Root = "", as_json: Json = False) -> None:
    """Every kept index."""
    kept = list(open_root(root).manifests.all("indexes", Index))
    if as_json:
        return show_json(kept)
    rows = [(each.id, each.revision, each.snapshot, each.encoder, each.count) for each in kept]
    show_table(
        "Indexes", ("Id", "Revision", "Snapshot", "Encoder", "Passages"), rows, "" if rows else "None yet: `muniment index build`."
    )


def search(
    query: Annotated[str, typer.Argument(help="What you want to know.")],
    user: Annotated[str, typer.Option("--as", help="The principal who asks.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    ref: Annotated[str, typer.Option(help="Which corpus answers.")] = "production",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The passages that answer best, of those that this principal may read, with their papers.

    Example: `muniment search "how do I retry a request" --as dana`
    """
    found = answer(root, query, user, k, ref)
    if as_json:
        return show_json(found)
    show_answer(found)


def show_answer(found: Answer) -> None:
    """Print an answer with its citations."""
    if found.low_evidence:
        out.print("[yellow]Low evidence:[/yellow] nothing that you may read matches well.")
    for number, hit in enumerate(found.hits, start=1):
        out.print(Text.assemble((f"{number}. {hit.title}", "bold"), (f"  {hit.score:.3f}", "dim")))
        out.print(Text(" ".join(hit.text.split())[:_SHOWN] + ("…" if len(hit.text) > _SHOWN else "")))
        updated = f" · updated {hit.modified:%Y-%m-%d}" if hit.modified else ""
        out.print(
            Text(
                f"   {hit.source} · {hit.owner} · {hit.classification} · {hit.licence or 'licence unknown'}{updated}\n   cite {hit.citation}\n",
                "dim",
            )
        )
    stale = " (of an earlier snapshot: `muniment index build` refreshes it)" if found.stale else ""
    if found.redactions:
        out.print(f"[dim]{found.redactions} values are hidden from you by policy.[/dim]")
    out.print(f"[dim]snapshot {found.snapshot} · index {found.index}{stale}[/dim]")


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
