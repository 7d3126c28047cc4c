"""muniment cite: a passage by its citation."""

from typing import Annotated

import typer
from rich.text import Text

from muniment.cli.screen import Json, Root, me, out, show_json
from muniment.tasks.search.give import cite as give


def cite(
    citation: Annotated[str, typer.Argument(help="The citation that an answer gave.")],
    user: Annotated[str, typer.Option("--as", help="Who asks, a known principal.", show_default="your login name")] = "",
    ref: Annotated[str, typer.Option(help="Which corpus it is looked up in.")] = "production",
    index: Annotated[
        str, typer.Option(help="Another kept index: `muniment index list`. Who may read is decided by what holds now.")
    ] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """A passage by its citation, for whoever may read it now. All refusals say the same.

    Example: `muniment cite 3f9c0d…:1a2b3c --as dana`
    """
    found = give(root, citation, user or me(), ref, index)
    if as_json:
        return show_json(found)
    stale = " (of an earlier snapshot)" if found.stale else ""
    out.print(Text(found.title, "bold"))
    out.print(Text(found.text))
    updated = f" · updated {found.modified:%Y-%m-%d}" if found.modified else ""
    out.print(
        Text(f"{found.source} · {found.owner} · {found.classification} · {found.licence or 'licence unknown'}{updated}", "dim")
    )
    if found.redactions:
        out.print(f"[dim]{found.redactions} values are hidden from you by policy.[/dim]")
    out.print(f"[dim]snapshot {found.snapshot} · index {found.index}{stale}[/dim]")
