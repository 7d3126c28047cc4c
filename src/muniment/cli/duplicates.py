"""muniment duplicates: what their removal does, and splits that keep near duplicates together."""

from pathlib import Path
from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.tasks.duplicates.effect import Effect
from muniment.tasks.duplicates.effect import effect as effect_of
from muniment.tasks.split import Group
from muniment.tasks.split import split as split_documents

app = typer.Typer(
    no_args_is_help=True,
    help="What the removal of duplicates does, a new look at all of them, and splits that keep near duplicates together.",
)


@app.command()
def report(
    source: Annotated[str, typer.Argument(help="A source; empty: all that were captured.")] = "",
    folder: Annotated[Path, typer.Option("--out", help="Folder for `duplicates.html`.", file_okay=False)] = Path("."),
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Before and after: documents and characters by source, language, length and media type; names what loses far more than the whole.

    Writes one page without scripts that needs no network. Examples: `muniment duplicates report --out reports`;
    `muniment duplicates report handbook --out reports --json`
    """
    from muniment.report.duplicates import page  # draws with matplotlib, for which no other command should wait

    with progress():
        found = effect_of(root, source)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "duplicates.html"
    written.write_text(page(found), encoding="utf-8")
    if as_json:
        return show_json(found)
    _show(found, written)


def _show(found: Effect, written: Path) -> None:
    rows = [
        (each.value, each.before.documents, each.after.documents, f"{each.share:.1%}", "far above the whole" if each.high else "")
        for each in found.slices
        if each.dimension == "source"
    ]
    rows.append(("all", found.before.documents, found.after.documents, f"{found.share:.1%}", ""))
    show_table("Duplicates", ("Source", "Before", "After", "Removed", ""), rows)
    for each in found.slices:
        if each.high and each.dimension != "source":
            out.print(f"{each.dimension} {each.value}: {each.share:.1%} removed, far above the whole", highlight=False)
    out.print(f"Written: {written}", highlight=False, soft_wrap=True)


@app.command()
def rescan(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Look for duplicates anew in everything that was captured; what nights decided one after the other is decided again.

    No source is read and nothing is promoted. `muniment serve` does this once a week. Also the remedy when the band index is damaged.
    """
    with progress():
        found = flows.rescan(root=root, actor=actor or me())
    if as_json:
        return show_json(found)
    rows = [(name, judgement, "new: review it" * (name in found.changed)) for name, judgement in found.judgements.items()]
    show_table(
        "Rescanned", ("Source", "Judgement", ""), rows, "" if rows else "Nothing was captured yet: `muniment capture SOURCE`."
    )


@app.command()
def split(
    parts: Annotated[list[str], typer.Option("--part", metavar="NAME=SHARE", help="A part and its share; repeat. They sum to 1.")],
    file: Annotated[Path, typer.Option("--out", help="Parquet file to write: doc_id, part, cluster.", dir_okay=False)],
    ref: Annotated[str, typer.Option(help="A ref or snapshot.")] = "production",
    by: Annotated[Group | None, typer.Option(help="Documents with the same value of this stay together too.")] = None,
    seed: Annotated[str, typer.Option(help="Another seed is another split.")] = "muniment",
    earlier: Annotated[
        Path | None, typer.Option(help="An earlier split: its documents stay where they are.", exists=True, dir_okay=False)
    ] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Split the promoted documents, for training and evaluation, so that no near duplicate is in two parts.

    Clusters go whole, so shares are met as closely as clusters allow. Examples:
    `muniment duplicates split --part train=0.9 --part test=0.1 --out split.parquet`;
    `muniment duplicates split --part train=0.8 --part test=0.2 --by project --earlier split.parquet --out split-2.parquet`
    """
    try:
        made = split_documents(root, ref, _shares(parts), file, by, seed, earlier)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        return show_json(made)
    rows = [(each.part, f"{each.asked:.1%}", f"{each.share:.1%}", each.documents, each.clusters) for each in made.parts]
    note = f"{made.moved:,} documents are not where the earlier split had them." if made.moved else ""
    title = f"{made.documents:,} documents of snapshot {made.snapshot[:12]}, the largest cluster with {made.largest:,}"
    show_table(title, ("Part", "Asked", "Share", "Documents", "Clusters of two or more"), rows, note)
    out.print(f"Written: {file}", highlight=False, soft_wrap=True)


def _shares(parts: list[str]) -> dict[str, float]:
    named = [each.partition("=") for each in parts]
    if any(not name or not mark for name, mark, _ in named) or len({name for name, _, _ in named}) < len(named):
        raise ValueError("Give each part once, as NAME=SHARE: `--part train=0.9 --part test=0.1`.")
    return {name: float(share) for name, _, share in named}
