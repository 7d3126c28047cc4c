"""muniment runs: what ran, with what, and what came of it."""

from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, out, show_json, show_table
from muniment.store.root import open_root
from muniment.tasks import runs

app = typer.Typer(
    no_args_is_help=True, help="Records of runs: effective configuration, versions, what was in force, what came of it."
)


@app.command("list")
def list_runs(
    last: Annotated[int, typer.Option("--last", help="How many; 0: all.", min=0)] = 20, root: Root = "", as_json: Json = False
) -> None:
    """Runs, the latest first.

    Examples: `muniment runs list`; `muniment runs list --last 0 --json`
    """
    known = runs.runs(open_root(root), last)
    if as_json:
        return show_json(known)
    rows = [
        (each.id, each.story, f"{each.started:%Y-%m-%d %H:%M}", f"{each.seconds:.1f} s", each.outcome, each.parent)
        for each in known
    ]
    show_table("Runs", ("Run", "Story", "Started", "Took", "Outcome", "Part of"), rows, "" if rows else "None yet.")


@app.command()
def show(run: Annotated[str, typer.Argument(help="A run's id.")], root: Root = "", as_json: Json = False) -> None:
    """One run in full: parameters with their defaults, rules in force, versions, threads, machine, packages, counts.

    Example: `muniment runs show 20261121T021500123456-9f2c1a --json`
    """
    opened = open_root(root)
    made = runs.run(opened, run)
    stood = runs.environment_of(opened, made)
    if as_json:
        return show_json({**made.model_dump(mode="json"), "stood_on": stood.model_dump(mode="json")})
    out.print(f"[bold]{made.story}[/bold] {made.id}: {made.outcome} after {made.seconds:.1f} s; Muniment {made.code}.")
    for title, values in (
        ("Parameters", made.parameters),
        ("In force", made.rules.model_dump()),
        ("Came to", made.did),
        ("Versions of methods", made.versions),
        ("Threads", made.threads),
        ("Seeds", made.seeds),
        ("Machine", stood.model_dump(exclude={"packages", "variables"})),
        ("Settings", stood.variables),
        ("Packages", stood.packages),
    ):
        if values:
            show_table(title, ("", ""), [(name, str(value)) for name, value in values.items()])
