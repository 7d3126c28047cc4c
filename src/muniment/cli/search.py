"""muniment search: an answer with its papers."""

from typing import Annotated

import typer
from rich.text import Text

from muniment.cli.screen import Json, Root, out, show_json
from muniment.schemas.search import Answer
from muniment.tasks.search.search import search as answer

_SHOWN = 320  # characters of a passage in the terminal


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
