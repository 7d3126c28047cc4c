"""muniment source: the registry."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, show_json, show_table
from muniment.errors import RegistryError
from muniment.schemas.source import Classification, Kind, Lane, Source
from muniment.store.registry import parse, validated
from muniment.store.root import open_root
from muniment.tasks.columns import SEEN, look, shown
from muniment.tasks.sources import add_source, approve_source, suspend_source

app = typer.Typer(no_args_is_help=True, help="The registry: only registered, approved sources feed the corpus.")


@app.command()
def add(
    file: Annotated[Path | None, typer.Argument(help="A TOML file with the entry; or give the options below.")] = None,
    identifier: Annotated[str, typer.Option("--id", help="Short name: small letters, digits, - and _.")] = "",
    kind: Annotated[Kind, typer.Option(help="What it is read with.")] = Kind.FOLDER,
    location: Annotated[str, typer.Option(help="Where it is.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for the content.")] = "",
    steward: Annotated[str, typer.Option(help="Who decides what enters the corpus.")] = "",
    classification: Annotated[Classification, typer.Option(help="How sensitive it is.")] = Classification.INTERNAL,
    lane: Annotated[Lane, typer.Option(help="green: automatic while the policy's shares are kept.")] = Lane.STANDARD,
    licence: Annotated[str, typer.Option(help="Licence that the whole source is under, SPDX.")] = "",
    acl: Annotated[list[str] | None, typer.Option(help="A group that may read it; repeat. None means nobody.")] = None,
    language: Annotated[str, typer.Option(help="Expected language, ISO 639-1.")] = "",
    include: Annotated[list[str] | None, typer.Option(help="Glob of what is taken; repeat.")] = None,
    keep_originals: Annotated[
        bool, typer.Option("--keep-originals", help="Keep the bytes as fetched too, encrypted document by document.")
    ] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Register a source, or change one. It must be approved (again) before it can be captured.

    Examples: `muniment source add handbook.toml`;
    `muniment source add --id handbook --location ./handbook --owner "People team" --steward dana --acl staff`
    """
    if file:
        if not file.is_file():
            raise RegistryError(f"{file} is not a file.", "Give a TOML file, or --id, --location, --owner and --steward.")
        source = parse(file.read_text())
    else:
        given = {
            "id": identifier, "kind": kind, "location": _absolute(location), "owner": owner, "steward": steward, "classification": classification,
            "lane": lane, "declared_licence": licence, "acl": tuple(acl or ()), "language": language,
            "select": {"include": tuple(include)} if include else {}, "keep_originals": keep_originals,
        }  # fmt: skip
        source = validated(given)
    _show(add_source(root, source, actor or me()), as_json)


@app.command("list")
def list_sources(root: Root = "", as_json: Json = False) -> None:
    """All sources, by id."""
    sources = open_root(root).registry.all()
    if as_json:
        return show_json(sources)
    rows = [(each.id, each.kind, each.status, each.lane, each.classification, each.owner, each.location) for each in sources]
    show_table(
        "Sources",
        ("Id", "Kind", "Status", "Lane", "Classification", "Owner", "Location"),
        rows,
        "" if rows else "None yet: `muniment source add`.",
    )


@app.command()
def show(identifier: Annotated[str, typer.Argument(help="The source's id.")], root: Root = "", as_json: Json = False) -> None:
    """One entry in full."""
    _show(open_root(root).registry.get(identifier), as_json)


@app.command()
def approve(
    identifier: Annotated[str, typer.Argument(help="The source's id.")], root: Root = "", actor: Actor = "", as_json: Json = False
) -> None:
    """Let a source feed the corpus."""
    _show(approve_source(root, identifier, actor or me()), as_json)


@app.command()
def suspend(
    identifier: Annotated[str, typer.Argument(help="The source's id.")], root: Root = "", actor: Actor = "", as_json: Json = False
) -> None:
    """Stop a source: nothing more is captured, and the next promotion leaves its documents out."""
    _show(suspend_source(root, identifier, actor or me()), as_json)


@app.command()
def columns(
    subject: Annotated[str, typer.Argument(metavar="SOURCE-OR-FILE", help="A registered source, or a file or folder.")],
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Which columns of a table are likely personal, by name, type and a sample of values. Captures nothing, keeps nothing.

    Reads Parquet, JSON, JSON Lines, CSV and TSV. No value is shown. Examples: `muniment source columns customers.parquet`;
    `muniment source columns tickets --json`
    """
    found = look(root, subject)
    if as_json:
        return show_json(found)
    unused = "" if Path(subject).is_file() else "dropped"
    rows = [(each[0].strip("`"), *each[1:]) for each in shown(found, unused)]
    show_table(subject, SEEN, rows, "" if rows else "No column could be read.")


def _absolute(location: str) -> str:
    """A path of this machine in full: the worker that captures it runs in another folder."""
    return str(Path(location).resolve()) if location and Path(location).exists() else location


def _show(source: Source, as_json: bool) -> None:
    if as_json:
        return show_json(source)
    fields = source.model_dump(mode="json", exclude_defaults=True) | {"status": str(source.status), "version": source.version}
    show_table(
        source.id,
        ("", ""),
        [(name.replace("_", " "), ", ".join(each) if isinstance(each, list) else each) for name, each in fields.items()],
    )
