"""muniment search: an answer with its papers."""

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from muniment.cli.screen import Json, Root, out, show_json
from muniment.schemas.search import Answer, Filters, Mode
from muniment.schemas.source import Classification
from muniment.tasks.search.search import search as answer

_SHOWN = 320  # characters of a passage in the terminal


def search(
    query: Annotated[str, typer.Argument(help="What you want to know.")],
    user: Annotated[str, typer.Option("--as", help="The principal who asks.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    ref: Annotated[str, typer.Option(help="Which corpus answers.")] = "production",
    mode: Annotated[
        Mode, typer.Option(help="By words, by vectors, by both; auto: as the ref was tuned, else by words.")
    ] = Mode.AUTO,
    source: Annotated[list[str] | None, typer.Option(help="Only passages of this source; may be repeated.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only documents changed then or later (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only documents changed before (UTC).")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only documents in this language: `en`.")] = None,
    media_type: Annotated[list[str] | None, typer.Option("--type", help="Only this media type: `text/markdown`, `text/*`.")] = None,
    classification: Annotated[list[Classification] | None, typer.Option(help="Only documents of this classification.")] = None,
    licence: Annotated[list[str] | None, typer.Option(help="Only documents under this licence (SPDX).")] = None,
    per_document: Annotated[int, typer.Option(min=1, max=100, help="Passages of one document at most.")] = 3,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The passages that answer best, of those that this principal may read, with their papers.

    Examples: `muniment search "how do I retry a request" --as dana`;
    `muniment search "retry" --as dana --source handbook --since 2025-01-01 --mode hybrid`
    """
    filters = Filters(
        sources=tuple(source or ()),
        since=since,
        until=until,
        languages=tuple(language or ()),
        media_types=tuple(media_type or ()),
        classifications=tuple(classification or ()),
        licences=tuple(licence or ()),
    )
    found = answer(root, query, user, k, ref, mode, filters, per_document)
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
    tuned = ", tuned" if found.tuned else ""
    for each in found.notes:
        out.print(f"[yellow]{each}[/yellow]: docs/ranking.md says what that means.")
    out.print(f"[dim]{found.mode.value}{tuned} · snapshot {found.snapshot} · index {found.index}{stale}[/dim]")
