"""muniment rights tools: what the pipeline itself is made of, and whether its licences allow that."""

import typer

from muniment.cli.screen import Json, out, show_json, show_table
from muniment.tasks import tools as steps


def tools(as_json: Json = False) -> None:
    """List every package and model that the pipeline uses, with version, licence and tags. Exit code 1 when one may not be used.

    Examples: `muniment rights tools`; `muniment rights tools --json`
    """
    digest, _ = steps.recorded()
    found = steps.table()
    refused = [tool for tool in found if not tool.allowed]
    if as_json:
        show_json({"digest": digest, "allowed": not refused, "tools": [tool.model_dump(mode="json") for tool in found]})
    else:
        rows = [(tool.name, tool.version, tool.licence or "unknown", ", ".join(tool.tags), _verdict(tool)) for tool in found]
        show_table("Tools", ("Name", "Version", "Licence", "Tags", "Allowed"), rows)
        out.print(f"{len(found)} tools, {len(refused)} not allowed; digest {digest}", highlight=False)
    if refused:
        raise typer.Exit(1)


def _verdict(tool: steps.Tool) -> str:
    return f"yes: {tool.reason}" if tool.allowed and tool.reason else "yes" if tool.allowed else "no"
