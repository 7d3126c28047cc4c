"""muniment index: search indexes over promoted snapshots."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.index import Index, Layout
from muniment.store.root import open_root

index_app = typer.Typer(no_args_is_help=True, help="Search indexes over promoted snapshots.")


@index_app.command()
def build(
    ref: Annotated[str, typer.Option(help="The ref whose snapshot is indexed.")] = "production",
    encoder: Annotated[
        str, typer.Option(help="The embedding model: `muniment encoder list`.", show_default="$MUNIMENT_ENCODER, or minilm")
    ] = "",
    without: Annotated[list[str] | None, typer.Option(help="A layer to leave out: `share-alike`.")] = None,
    layout: Annotated[
        Layout, typer.Option(help="What is kept apart: nothing (shared), what is more sensitive (tiered), or each tenant's.")
    ] = Layout.SHARED,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Chunk, embed and index what a ref shows, and let the ref serve it."""
    with progress():
        made = flows.index(ref=ref, encoder=encoder, root=root, actor=actor or me(), without=tuple(without or ()), layout=layout)
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
