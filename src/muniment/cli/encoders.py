"""muniment encoder: the models that make vectors, brought in from a folder and measured by language."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.encoder import Measured, Pooling
from muniment.store.root import open_root
from muniment.tasks.encoders.admit import admit as measure
from muniment.tasks.encoders.register import add_encoder, describe, described
from muniment.tasks.encoders.remove import remove_encoder

app = typer.Typer(no_args_is_help=True, help="Encoders: the models that make vectors of passages and queries.")
Name = Annotated[str, typer.Argument(help="Short name.")]
Folder = Annotated[Path, typer.Argument(help="A folder with model.onnx and tokenizer.json.", exists=True, file_okay=False)]


@app.command()
def add(
    name: Name,
    folder: Folder,
    licence: Annotated[str, typer.Option(help="SPDX expression of the model's licence.")],
    pooling: Annotated[Pooling, typer.Option(help="How the states of tokens become one vector.")] = Pooling.MEAN,
    query_prefix: Annotated[str, typer.Option(help="What the model wants before a query: `query: `.")] = "",
    passage_prefix: Annotated[str, typer.Option(help="What the model wants before a passage: `passage: `.")] = "",
    limit: Annotated[int, typer.Option(help="Tokens that it reads of a text.", show_default="what config.json says", min=0)] = 0,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Bring an encoder in. Its files are copied under the root, each named by its SHA-256; nothing is downloaded.

    Example: `muniment encoder add e5 ./multilingual-e5-small --licence MIT --query-prefix "query: " --passage-prefix "passage: "`
    """
    added = add_encoder(root, name, folder, licence, actor or me(), pooling, query_prefix, passage_prefix, limit or None)
    if as_json:
        return show_json(added)
    out.print(
        f"{added.name}: {added.dimension} components, reads {added.limit} tokens, {added.licence}, {added.bytes / 1e6:.1f} MB."
    )


@app.command("list")
def list_encoders(root: Root = "", as_json: Json = False) -> None:
    """Every encoder that an index can be built with.

    Example: `muniment encoder list --json`
    """
    known = described(root)
    if as_json:
        return show_json(known)
    rows = [
        (each.name, each.licence, each.dimension, each.limit or "all", " ".join(one.language for one in each.languages), each.runs)
        for each in known
    ]
    show_table("Encoders", ("Name", "Licence", "Components", "Tokens read", "Measured in", "Runs on"), rows)


@app.command()
def show(name: Name, root: Root = "", as_json: Json = False) -> None:
    """One encoder: what it is, where it runs here, and how well it searches in which language.

    Example: `muniment encoder show minilm`
    """
    shown = describe(open_root(root), name)
    if as_json:
        return show_json(shown)
    out.print(f"{shown.name}: {shown.dimension} components, {shown.licence}. Digest {shown.digest[:16]}. Runs on {shown.runs}")
    _table(name, shown.languages)


@app.command()
def admit(
    name: Name,
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with corpus.jsonl, queries.jsonl (each line with `language`), qrels.tsv.", exists=True, file_okay=False
        ),
    ],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Measure dense retrieval by language and keep the figures: nDCG@10 with 95% intervals. The policy's `require_admitted` asks for them.

    Example: `muniment encoder admit e5 --data ./miracl-sample`
    """
    with progress():
        made = measure(root, name, data, actor or me())
    if as_json:
        return show_json(made)
    _table(name, made.languages)


@app.command()
def remove(name: Name, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Take an encoder away with its files; refused while a kept index was built with it. A backup lets go of it when it is made again.

    Example: `muniment encoder remove e5 --actor dana`
    """
    gone = remove_encoder(root, name, actor or me())
    if as_json:
        return show_json(gone)
    out.print(f"{gone.name} is gone: {len(gone.versions)} versions, {len(gone.files)} files.")


def _table(name: str, languages: tuple[Measured, ...]) -> None:
    rows = [
        (each.language, each.queries, each.documents, f"{each.ndcg10:.3f}", f"{each.low:.3f} to {each.high:.3f}")
        for each in languages
    ]
    columns = ("Language", "Queries", "Documents", "nDCG@10", "95%")
    show_table(name, columns, rows, "" if rows else "Never measured: `muniment encoder admit`.")
