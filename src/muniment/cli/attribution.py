"""muniment rights attribution: who is to be named for a snapshot."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from muniment.cli.screen import Root, out, progress
from muniment.report.attribution import markdown, records, table
from muniment.store.root import open_root
from muniment.tasks.corpus import leaving_out, required
from muniment.tasks.rights.attribution import attributions, names

Form = Literal["md", "json", "csv"]


def attribution(
    name: Annotated[str, typer.Argument(metavar="REF", help="A ref or snapshot.")] = "production",
    file: Annotated[Path | None, typer.Option("--out", help="File to write; empty: print it.", dir_okay=False)] = None,
    form: Annotated[Form | None, typer.Option("--format", help="Its form.", show_default="by the file's name, else md")] = None,
    without: Annotated[list[str] | None, typer.Option(help="A layer to leave out: `share-alike`.")] = None,
    root: Root = "",
) -> None:
    """Write who is to be named for the documents of a snapshot, under which licences, and what was changed in them.

    It names people, as the law asks: publish it with what is made of the corpus, and keep it nowhere else.
    Examples: `muniment rights attribution --out ATTRIBUTION.md`; `muniment rights attribution --without share-alike --out credits.csv`
    """
    opened = open_root(root)
    snapshot = required(opened, name)
    left_out = leaving_out(snapshot, without or ())
    form = form or ("csv" if file and file.suffix == ".csv" else "json" if file and file.suffix == ".json" else "md")
    with progress():
        known, credits = names(opened, snapshot, left_out), attributions(opened, snapshot, left_out)
        pieces = {
            "md": markdown(snapshot.id, credits, known),
            "csv": table(credits, known),
            "json": records(snapshot.id, credits, known),
        }
        if file is None:
            sys.stdout.writelines(pieces[form])
            return
        with file.open("w", encoding="utf-8", newline="") as written:
            written.writelines(pieces[form])
    rows = sum(shard.rows for shard in snapshot.shards(left_out))
    out.print(f"Written: {file}, {rows:,} documents of snapshot {snapshot.id}", highlight=False, soft_wrap=True)
