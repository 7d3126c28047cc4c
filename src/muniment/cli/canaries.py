"""muniment canary: queries whose answers are kept with each index."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.relevance import CanaryRun
from muniment.store.root import open_root
from muniment.tasks.relevance import canaries

app = typer.Typer(no_args_is_help=True, help="Queries whose answers are kept, by ids, so that an answer that changes is noticed.")
Name = Annotated[str, typer.Argument(help="Short name.")]


@app.command()
def add(
    name: Name,
    queries: Annotated[str, typer.Option("--queries", help="A set of stored queries; `NAME@2` is its second version.")],
    ref: Annotated[str, typer.Option("--ref", help="Which corpus answers.")] = "production",
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages an answer has.")] = 10,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask a set of stored queries every night, at the start of the service, and whenever it is run. A query that names no user is asked by
    who added the canary.

    Example: `muniment canary add desk --queries desk --actor dana`
    """
    made = canaries.add_canary(root, name, queries, actor or me(), ref, k)
    if as_json:
        return show_json(made)
    out.print(
        f"{made.name}: {made.queries} is asked of what {made.ref} serves. Its first answers: `muniment canary run {made.name}`."
    )


@app.command("list")
def list_canaries(root: Root = "", as_json: Json = False) -> None:
    """Every canary set, with its last run.

    Example: `muniment canary list`
    """
    opened = open_root(root)
    held = canaries.canaries(opened)
    if as_json:
        return show_json(held)
    rows = [(each.name, each.queries, each.ref, *_last(canaries.runs(opened, each.name))) for each in held]
    note = "" if rows else "None yet: `muniment canary add NAME --queries SET`."
    show_table("Canaries", ("Name", "Queries", "Ref", "Last run", "Index", "Kept"), rows, note)


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="One of them; all by default.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask now, and compare with the answers before. Exit code 1 when they moved further than the policy allows.

    Example: `muniment canary run`
    """
    with progress():
        found = canaries.run_canaries(root, actor or me(), name)
    show_json(found) if as_json else _show(found)
    if any(each.drift and each.drift.drifted for each in found):
        raise typer.Exit(1)


@app.command()
def show(name: Name, root: Root = "", as_json: Json = False) -> None:
    """The runs of a canary set: how far answers moved from each to the next, and why what is lost is lost.

    Example: `muniment canary show desk`
    """
    opened = open_root(root)
    canaries.canary(opened, name)
    kept = canaries.runs(opened, name)
    if as_json:
        return show_json(kept)
    _show(kept)


@app.command()
def remove(name: Name, root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Ask a set no more, and forget what was answered to it.

    Example: `muniment canary remove desk`
    """
    gone = canaries.remove_canary(root, name, actor or me())
    if as_json:
        return show_json({"canary": name, "runs": gone})
    out.print(f"{name}: {gone} runs removed.")


def _show(found: list[CanaryRun]) -> None:
    rows = [(f"{each.at:%m-%d %H:%M}", each.canary, each.asked.rows, *_moved(each)) for each in found]
    columns = ("At", "Canary", "Queries", "Changed", "Kept", "RBO", "Lost", "")
    show_table("Canary runs", columns, rows, "" if rows else "None yet.")


def _moved(of: CanaryRun) -> tuple[str, ...]:
    drift = of.drift
    if drift is None:
        return "", "", "", "", "first run"
    lost = ", ".join(f"{why} {count}" for why, count in drift.lost.items())
    figures = (f"{each.value:.2f}" for each in (drift.kept, drift.rbo))
    return str(drift.changed), *figures, lost, "drifted" if drift.drifted else "as allowed"


def _last(kept: list[CanaryRun]) -> tuple[str, str, str]:
    if not kept:
        return "never", "", ""
    last = kept[-1]
    return f"{last.at:%Y-%m-%d %H:%M}", last.served.index, f"{last.drift.kept.value:.3f}" if last.drift else ""
