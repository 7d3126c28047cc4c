"""muniment model: models that were trained from the corpus."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, show_json, show_table
from muniment.schemas.erasure import Selector
from muniment.schemas.model import Model
from muniment.store.root import open_root
from muniment.tasks import models
from muniment.tasks.erasure.survey import survey

app = typer.Typer(no_args_is_help=True, help="Models and adapters, tied to the snapshots that they were trained from.")


@app.command()
def register(
    identifier: Annotated[str, typer.Argument(metavar="NAME", help="Short name: small letters, digits, - and _.")],
    version: Annotated[str, typer.Option("--model-version", help="Version of the model.")] = "1",
    trained_on: Annotated[list[str] | None, typer.Option("--trained-on", help="A snapshot or ref; repeat.")] = None,
    use: Annotated[str, typer.Option(help="The use profile that it was trained for.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Tie a model's version to what it was trained from, so that a revocation or an erasure names it.

    Examples: `muniment model register writer --model-version 1.2 --trained-on production --use open-weights`
    """
    made = models.register(root, identifier, version, trained_on or ["production"], use, owner, actor or me())
    show_json(made) if as_json else _show([made])


@app.command("list")
def list_models(root: Root = "", as_json: Json = False) -> None:
    """All registered models, by name."""
    known = models.registered(open_root(root))
    show_json(known) if as_json else _show(known)


@app.command()
def affected(
    doc: Annotated[list[str] | None, typer.Option("--doc", help="A document's id; repeat.")] = None,
    source: Annotated[str, typer.Option("--source", help="Everything of a source.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="What has no right but this licence.")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Which models learnt from documents that would go: of a source, under a licence, or by id.

    Examples: `muniment model affected --source old-wiki`; `muniment model affected --licence CC-BY-SA-4.0`
    """
    opened = open_root(root)
    plan = survey(opened, "", Selector(documents=tuple(doc or ()), source=source, licence=licence))
    found = models.trained_from(opened, plan.snapshots)
    show_json(found) if as_json else _show(found, f"{len(plan.documents):,} documents in {len(plan.snapshots):,} snapshots.")


def _show(found: list[Model], note: str = "") -> None:
    rows = [
        (each.id, each.version, ", ".join(each.snapshots), each.use or "–", each.owner or "–", f"{each.at:%Y-%m-%d}")
        for each in found
    ]
    show_table(
        "Models", ("Model", "Version", "Snapshots", "Use", "Owner", "Registered"), rows, note if rows else note or "None yet."
    )
