"""The command `muniment eval`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from muniment.errors import MunimentError
from muniment.evaluate.report import Options, requirements_not_met
from muniment.evaluate.tasks import TASKS, run


def evaluate(
    task: Annotated[str, typer.Argument(help=f"One of {', '.join(TASKS)}.")],
    data: Annotated[list[Path], typer.Argument(help="Labelled data: JSON Lines (.jsonl, .jsonl.gz), Parquet, or a folder.")],
    out: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.")] = None,
    require: Annotated[list[str] | None, typer.Option(help="'metric>=number' or 'metric<=number'; exit 1 when not met.")] = None,
    types: Annotated[str, typer.Option(help="FILE:SECTION, a map of the data's types.")] = "",
    suite: Annotated[Path | None, typer.Option(help="Evaluation items (contamination).")] = None,
    truth: Annotated[Path | None, typer.Option(help="True pairs, clusters or hits (twins, contamination).")] = None,
    threshold: Annotated[float, typer.Option(help="Findings that score less are not counted.")] = 0.4,
    encoder: Annotated[str, typer.Option(help="Encoder of dense retrieval (retrieval, acl).")] = "wordllama",
    ner: Annotated[bool, typer.Option("--ner", help="Names too, by a model (pii).")] = False,
    variant: Annotated[
        list[str] | None, typer.Option(help="Each kind of index beside the exact one, or `all` (retrieval); may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure a detector, or retrieval, on labelled data."""
    try:
        options = Options(types, suite, truth, threshold, encoder, ner, tuple(variant or ()))
        report = run(task, data, options)
        unmet = requirements_not_met(report, require or [])
    except (MunimentError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(report))
    else:
        Console().print(_table(report))
    for line in unmet:
        typer.echo(line, err=True)
    if unmet:
        raise typer.Exit(1)


def _table(report: dict[str, Any]) -> Table:
    systems = ", ".join(f"{system['name']}@{system['version']}" for system in report["systems"])
    table = Table("metric", title=f"{report['task']}: {systems}")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right")
    for name, value in report["metrics"].items():
        low, high = report["intervals"].get(name, (None, None))
        table.add_row(name, f"{value:,.4g}" if value % 1 else f"{value:,.0f}", "" if low is None else f"{low:.3f} – {high:.3f}")
    return table
