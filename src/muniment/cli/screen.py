"""What people see: tables, progress, errors; and JSON for machines."""

import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from muniment.schemas.review import Section
from muniment.tasks.step import watching

out = Console()
err = Console(stderr=True)

Root = Annotated[
    str, typer.Option("--root", envvar="MUNIMENT_ROOT", help="Folder or s3://bucket/prefix.", show_default="./.muniment")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Actor = Annotated[str, typer.Option("--actor", help="Who does this.", show_default="your login name")]


def me() -> str:
    """The login name of whoever runs this."""
    return getpass.getuser()


def show_json(value: BaseModel | Sequence[BaseModel] | dict[str, Any]) -> None:
    """Print a record, records, or a plain value as indented JSON."""
    if isinstance(value, BaseModel):
        plain: Any = value.model_dump(mode="json")
    elif isinstance(value, dict):
        plain = value
    else:
        plain = [each.model_dump(mode="json") for each in value]
    sys.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False, default=str) + "\n")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: str = "") -> None:
    """Print a table with a title; numbers stand to the right."""
    if title:
        out.print(f"[bold]{title}[/bold]", soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(columns), show_edge=False)
    for number, column in enumerate(columns):
        right = bool(rows) and all(_numeric(row[number]) for row in rows)
        table.add_column(column, justify="right" if right else "left", overflow="fold", no_wrap=number == 0 and len(columns) > 2)
    for row in rows:
        table.add_row(*(_cell(each) for each in row))
    if rows:
        out.print(table)
        out.print()
    if note:
        out.print(f"[dim]{note}[/dim]")


def show_sections(sections: Sequence[Section]) -> None:
    """Print the sections of an evidence pack or a story."""
    for section in sections:
        if section.rows:
            show_table(
                section.title, section.columns, [[cell.replace("`", "").replace("**", "") for cell in row] for row in section.rows]
            )
        if section.note:
            out.print(Markdown(section.note) if section.rows else Markdown(f"**{section.title}.** {section.note}"))
            out.print()


@contextmanager
def progress() -> Iterator[None]:
    """A bar for each long step while a person is looking; silence otherwise."""
    if not err.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        known: dict[str, Any] = {}

        def watch(name: str, done: int, total: int) -> None:
            if name not in known:
                known[name] = bars.add_task(name, total=total or None)
            bars.update(known[name], completed=done, total=total or None)

        with watching(watch):
            yield


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "" if value is None else str(value)


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) or (
        isinstance(value, str) and value.replace(",", "").replace(".", "").replace("%", "").isdigit()
    )
