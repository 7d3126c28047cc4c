"""muniment rights tools: what the pipeline itself is made of, and whether its licences allow that."""

from collections.abc import Iterator

import typer

from muniment.cli.screen import Json, out, show_json
from muniment.tasks.rights import tools as steps


def tools(as_json: Json = False) -> None:
    """List every package and model that the pipeline uses, by licence, and why the exceptions are allowed. Exit code 1 when one may
    not be used.

    Examples: `muniment rights tools`; `muniment rights tools --json`
    """
    digest, _ = steps.recorded()
    found = steps.table()
    refused = [tool for tool in found if not tool.allowed]
    if as_json:
        show_json({"digest": digest, "allowed": not refused, "tools": [tool.model_dump(mode="json") for tool in found]})
    else:
        for line in _lines(found):
            out.print(line, highlight=False)
        said = f"{len(found)} tools, {len(refused)} not allowed; digest {digest[:12]}, recorded in every snapshot"
        out.print(f"\n{said}", highlight=False)
    if refused:
        raise typer.Exit(1)


def _lines(found: tuple[steps.Tool, ...]) -> Iterator[str]:
    """A line for each licence that is allowed without a word, the most common first; then one for each tool that was looked at."""
    groups: dict[str, list[str]] = {}
    for tool in found:
        if tool.allowed and not tool.reason:
            groups.setdefault(tool.licence or "unknown", []).append(f"{tool.name} {tool.version}")
    for licence, names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        yield f"[bold]{licence}[/bold] ({len(names)}): {', '.join(names)}"
    yield "\nLooked at one by one:"
    for tool in found:
        if tool.reason or not tool.allowed:
            verdict = f"Allowed: {tool.reason}." if tool.allowed else "[red]NOT allowed.[/red]"
            yield f"  [bold]{tool.name}[/bold] {tool.version}, {tool.licence or 'licence unknown'}. {verdict}"
