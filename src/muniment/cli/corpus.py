"""muniment capture, promote, rollback, snapshots, diff: the way into the corpus, and what is in it."""

from typing import Annotated

import typer

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.flows.capture import Captured
from muniment.policies.guidance import guidance_of, marked
from muniment.schemas.rebuild import Level
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks import rebuild as rebuilding
from muniment.tasks.history import Kept
from muniment.tasks.history import diff as difference
from muniment.tasks.history import snapshots as kept_snapshots


def capture(
    source: Annotated[str, typer.Argument(help="A registered, approved source.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ingest a source into quarantine, detect and judge; prints counts by action and reason.

    Only what changed since the last capture is read and looked at. Nothing is promoted.
    """
    with progress():
        captured = flows.capture(source, root=root, actor=actor or me())
    if as_json:
        return show_json(captured)
    _show_captured(captured, guidance_of(policies.current(open_root(root))))


def promote(
    to: Annotated[str, typer.Option("--to", help="The ref to move: production, staging, …")] = "production",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Publish what is approved as a new snapshot: redact, check, and move one ref."""
    with progress():
        promoted = flows.promote(to=to, root=root, actor=actor or me())
    if as_json:
        return show_json(promoted)
    out.print(
        f"[bold]{to}[/bold] shows snapshot [bold]{promoted.snapshot}[/bold]: {promoted.documents:,} documents; new or changed: {', '.join(promoted.fresh) or 'nothing'}."
    )
    for source, why in promoted.waiting.items():
        out.print(f"[yellow]waiting[/yellow] {source}: {why}", highlight=False)


def rollback(
    to_snapshot: Annotated[str, typer.Option(help="A snapshot's id; empty: the one shown before.")] = "",
    ref: Annotated[str, typer.Option(help="The ref to move back.")] = "production",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Show an earlier snapshot and its index again. What was erased does not come back."""
    target = flows.rollback(to_snapshot=to_snapshot, ref=ref, root=root, actor=actor or me())
    if as_json:
        return show_json(target)
    out.print(
        f"[bold]{ref}[/bold] shows snapshot {target.snapshot}"
        + (f" and index {target.index}." if target.index else "; it has no index.")
    )


snapshots_app = typer.Typer(help="Kept snapshots: list them, build one again and compare.")


@snapshots_app.callback(invoke_without_command=True)
def snapshots(context: typer.Context, root: Root = "", as_json: Json = False) -> None:
    """Every kept snapshot, the latest first.

    Examples: `muniment snapshots`; `muniment snapshots rebuild production`
    """
    if context.invoked_subcommand:
        return
    kept = kept_snapshots(root)
    if as_json:
        return show_json(kept)
    rows = [
        (
            f"{each.id}{f' (revision {each.revision})' * bool(each.revision)}",
            each.documents,
            ", ".join(each.refs),
            _when(each),
            ", ".join(each.sources),
        )
        for each in kept
    ]
    show_table(
        "Snapshots", ("Id", "Documents", "Shown by", "Promoted", "Sources"), rows, "" if rows else "None yet: `muniment promote`."
    )


@snapshots_app.command("rebuild")
def rebuild(
    snapshot: Annotated[str, typer.Argument(help="A snapshot's id, or a ref.")],
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Build a snapshot again from its captures, judgements, decisions and policy, and compare the hashes; nothing is stored or moved.

    Exit code 1 when it is neither byte for byte the same nor the same rows. Example: `muniment snapshots rebuild production`
    """
    with progress():
        made = rebuilding.rebuild(root, snapshot, actor or me())
    if as_json:
        show_json(made)
    else:
        rows = [(each.source, each.level, each.shards, each.equal, each.why) for each in made.parts]
        show_table(f"{made.snapshot}, revision {made.revision}: {made.level}", ("Source", "Level", "Objects", "Equal", "Why"), rows)
        if made.code[0] != made.code[1]:
            out.print(f"[yellow]It was made by Muniment {made.code[0]}, and built again by {made.code[1]}.[/yellow]")
    if made.level in (Level.DIFFERS, Level.CANNOT):
        raise typer.Exit(1)


def _when(kept: Kept) -> str:
    return f"{kept.promoted:%Y-%m-%d %H:%M}" if kept.promoted else ""


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A snapshot or a ref.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    root: Root = "",
    as_json: Json = False,
) -> None:
    """What differs from snapshot A to snapshot B: documents, how they are spread, how far that moved, and the policy's settings.

    Examples: `muniment diff production staging`; `muniment diff 06a41d7e199940563333 production --json`
    """
    found = difference(root, before, after)
    if as_json:
        return show_json(found)
    out.print(f"{found.added:,} added, {found.removed:,} removed, {found.changed:,} changed.")
    moved = [(name.replace("_id", ""), f"{each.divergence:.3f}", f"{each.stability:.3f}") for name, each in found.shifts.items()]
    show_table("How far the documents moved", ("", "Divergence (0 to 1)", "Stability index"), moved)
    changed = [(each.name, each.before, each.after) for each in found.settings]
    if changed:
        show_table("The policy says otherwise", ("Setting", "A", "B"), changed)
    for dimension, values in found.shares.items():
        rows = [(value, old, new, f"{new - old:+,}") for value, (old, new) in values.items() if old != new]
        if rows:
            show_table(dimension.replace("_id", ""), ("", "A", "B", "Change"), rows)


def _show_captured(captured: Captured, guidance: tuple[str, ...]) -> None:
    actions = ", ".join(f"{count:,} {action}" for action, count in captured.actions.items()) or "no documents"
    out.print(
        f"[bold]{captured.source}[/bold] capture {captured.capture}: {captured.listed:,} listed, {captured.read:,} read anew; {actions}."
    )
    out.print(
        f"[dim]detectors looked at {captured.detected:,} documents; evidence about {captured.recalled:,} was there already[/dim]"
    )
    rows = [(marked(code, guidance), count) for code, count in sorted(captured.reasons.items(), key=lambda each: -each[1])]
    if rows:
        show_table("Reasons", ("Code", "Documents"), rows)
    if captured.set_aside:
        show_table("Set aside", ("Reason", "Records"), list(captured.set_aside.items()))
    if captured.decision:
        out.print(
            f"The green lane's shares are kept: [bold]{captured.decision}[/bold]d without a person. Next: `muniment promote`."
        )
    else:
        out.print(f"In quarantine until its steward decides: `muniment review {captured.source}`.")
