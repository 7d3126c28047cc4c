"""muniment rights verify, document: the stand-alone verifier, run from here, and what to show it about one document."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from muniment.cli.screen import Json, out, show_json
from muniment.tasks.rights.proof import excerpt
from muniment.verifiers import rights as verifier

_MARKS = {"ok": "[green]✓[/green]", "failed": "[red]✗[/red]", "unchecked": "[yellow]?[/yellow]"}


def verify(
    proof: Annotated[Path, typer.Argument(help="A proof that `muniment rights check --out` wrote.", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option(help="The public key that you trust, 64 hexadecimal digits.")] = "",
    terms: Annotated[
        Path | None, typer.Option(help="The table that you agreed on (`muniment rights table`).", exists=True, dir_okay=False)
    ] = None,
    objects: Annotated[
        Path | None, typer.Option(help="Folder of the root that holds the snapshot.", exists=True, file_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify a proof. The same program runs without Muniment: it is one folder, `muniment/verifiers/rights`. Exit code 1 when it fails.

    Examples: `muniment rights verify proof.json.gz --key 9f0c…`;
    `muniment rights verify proof.json.gz --key 9f0c… --terms agreed.json --objects /data/root`
    """
    findings = verifier.verify(proof, key, terms, objects)
    sound = verifier.holds(findings)
    if as_json:
        show_json({"holds": sound, "findings": [each._asdict() for each in findings]})
    else:
        out.rule(
            f"[bold]{escape(proof.name)}[/bold] {'[green]holds[/green]' if sound else '[red]does NOT hold[/red]'}", align="left"
        )
        if sound:
            out.print(escape(verifier.said(proof)) + "\n", highlight=False, soft_wrap=True)
        for state, mark in _MARKS.items():
            for each in findings:
                if each.state == state:
                    out.print(
                        f" {mark} {'not checked: ' * (state == 'unchecked')}{escape(each.what)}", highlight=False, soft_wrap=True
                    )
    if not sound:
        raise typer.Exit(1)


def document(
    doc: Annotated[str, typer.Argument(metavar="DOC", help="A document's id.")],
    proof: Annotated[Path, typer.Option("--proof", help="A proof that covers it.", exists=True, dir_okay=False)],
    file: Annotated[Path, typer.Option("--out", help="JSON file to write.", dir_okay=False)],
) -> None:
    """Take one document out of a proof, with the path that ties it to the signed root: it can be verified by itself, and names no other.

    Example: `muniment rights document 3f9c… --proof proof.json.gz --out one.json` and then `muniment rights verify one.json --key 9f0c…`
    """
    if file.suffix != ".json":
        raise typer.BadParameter("--out ends in .json: that is how the verifier knows it from a whole proof")
    file.write_text(json.dumps(excerpt(proof, doc), indent=1) + "\n", encoding="utf-8")
    out.print(f"Written: {file}", highlight=False, soft_wrap=True)
