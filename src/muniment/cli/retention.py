"""muniment retention: what is kept how long, what is due, and a night that enforces it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.syntax import Syntax

from muniment import flows
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.policies.retention import Kind, Retention, load_retention
from muniment.schemas.retention import Dues, Retained
from muniment.store.root import open_root
from muniment.tasks.retain import retention
from muniment.tasks.retain.plan import dues, more, plan_retention
from muniment.tasks.retain.retention import Enacted

app = typer.Typer(no_args_is_help=True, help="What is kept how long: show it, check it, try it, announce it, enforce it.")
File = Annotated[Path, typer.Argument(help="A retention policy as TOML.", exists=True, dir_okay=False)]
Day = Annotated[datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="As of a day.", show_default="now")]


@app.command()
def show(
    root: Root = "",
    as_json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="Print the TOML itself, to copy and change.")] = False,
) -> None:
    """The windows that are enforced now, and what was announced.

    Examples: `muniment retention show`; `muniment retention show --text > retention.toml`
    """
    opened = open_root(root)
    if text:
        toml = retention.text(opened)
        return out.print(Syntax(toml, "toml", background_color="default")) if out.is_terminal else typer.echo(toml)
    policy, latest = retention.in_force(opened), retention.latest(opened)
    if as_json:
        return show_json({"in_force": policy.model_dump(mode="json"), "latest": latest.model_dump(mode="json") if latest else None})
    _show(policy)
    if latest is None:
        out.print("[yellow]nothing ages yet[/yellow] The first night announces the policy that ships.")
    elif datetime.now(UTC) < latest.effective:
        _announced(latest)


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Whether a retention policy is right; says every wrong place.

    Example: `muniment retention check retention.toml`
    """
    policy = load_retention(file.read_text(), str(file))
    return show_json(policy) if as_json else _show(policy)


@app.command("try")
def try_new(file: File, at: Day = None, root: Root = "", as_json: Json = False) -> None:
    """What a policy would remove, beside what the one in force would; changes nothing.

    Examples: `muniment retention try retention.toml`; `muniment retention try retention.toml --at 2027-01-01`
    """
    opened, moment = open_root(root), _moment(at)
    policy = load_retention(file.read_text(), str(file))
    with progress():
        now, then = dues(opened, retention.in_force(opened, moment), moment).counts, dues(opened, policy, moment).counts
    if as_json:
        return show_json({"at": moment.isoformat(), "in_force": now, "tried": then})
    rows = [(kind, now.get(kind, 0), then.get(kind, 0)) for kind in sorted({*now, *then})]
    show_table(f"Due on {moment:%Y-%m-%d}", ("What", "In force", "Tried"), rows, "" if rows else "Nothing is due under either.")


@app.command()
def use(
    file: File,
    effective: Annotated[
        datetime | None,
        typer.Option("--effective", formats=["%Y-%m-%d"], help="From which day on.", show_default="when the notice is over"),
    ] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put a policy in force. What keeps longer holds at once; what removes more is announced, and holds after the notice.

    Examples: `muniment retention use retention.toml`; `muniment retention use retention.toml --effective 2027-01-01`
    """
    opened, toml = open_root(root), file.read_text()
    policy = load_retention(toml, str(file))
    with progress():
        notice = timedelta(days=retention.in_force(opened).notice_days)
        would = more(opened, policy, _moment(effective) if effective else datetime.now(UTC) + notice)
    enacted = retention.enact(opened, toml, actor or me(), effective.date() if effective else None, would)
    if as_json:
        return show_json(enacted)
    if enacted.stricter:
        return _announced(enacted)
    out.print(f"[bold]{enacted.policy.name}[/bold] is in force: it removes nothing sooner than the policy before.")


@app.command()
def due(at: Day = None, root: Root = "", as_json: Json = False) -> None:
    """What the next night would remove and why, and what a legal hold keeps; changes nothing.

    Examples: `muniment retention due`; `muniment retention due --at 2027-01-01 --json`
    """
    with progress():
        found = plan_retention(root, _moment(at))
    return show_json(found) if as_json else _show_due(found)


@app.command()
def enforce(root: Root = "", actor: Actor = "", as_json: Json = False) -> None:
    """Do now what every night does. Exit code 1 when an erasure could not be proven.

    Example: `muniment retention enforce`
    """
    with progress():
        done = flows.retain(root=root, actor=actor or me())
    if as_json:
        show_json(done)
    else:
        _show_done(done)
    if done.failed:
        raise typer.Exit(1)


def _moment(day: datetime | None) -> datetime:
    return day.replace(tzinfo=UTC) if day else datetime.now(UTC)


def _show(policy: Retention) -> None:
    rows = [
        (kind.value, window.days if window.days == "ever" else f"{window.days} days", window.last or "", window.why)
        for kind in Kind
        for window in [policy.of(kind)]
    ]
    show_table(f"{policy.name} ({policy.digest[:12]})", ("Kind", "Kept", "Last", "Why"), rows)
    terms = "enforced" if policy.terms.retention_days and policy.terms.termination else "not enforced in full"
    out.print(f"[dim]contract terms: {terms}; stale sources: {policy.staleness.action}; notice: {policy.notice_days} days[/dim]")


def _announced(enacted: Enacted) -> None:
    out.print(
        f"[yellow]announced[/yellow] From {enacted.effective:%Y-%m-%d %H:%M} UTC on more is removed: {', '.join(enacted.stricter)}."
    )
    rows = list(enacted.would_remove.items())
    show_table("", ("What", "More than now"), rows, "" if rows else "As far as can be told today, nothing more on that day.")


def _show_due(found: Dues) -> None:
    rows = list(found.counts.items())
    show_table(f"Due on {found.at:%Y-%m-%d %H:%M} UTC", ("What", "Count"), rows, "" if rows else "Nothing is due.")
    things = [(each.kind, each.name, f"{each.since:%Y-%m-%d}", each.reason) for each in found.things[:50]]
    if things:
        more_of = len(found.things) - len(things)
        show_table("Things", ("Kind", "Name", "Since", "Reason"), things, f"… and {more_of:,} more: --json" if more_of else "")
    _show_held(found)


def _show_held(found: Dues | Retained) -> None:
    if found.held:
        rows = [(each.kind, each.name, each.count, each.by) for each in found.held]
        show_table("Due, and kept", ("Kind", "Name", "Count", "By"), rows)
    for each in found.stale:
        said = "not served until it is captured" if each.withheld else "still served"
        out.print(f"[yellow]stale[/yellow] {each.source}: captured last on {each.since:%Y-%m-%d}, {said}.")


def _show_done(done: Retained) -> None:
    rows = [*done.removed.items(), *((f"erasure {each}", 1) for each in done.requests)]
    show_table("Removed", ("What", "Count"), rows, "" if rows else "Nothing was due.")
    for request, code in done.failed.items():
        out.print(f"[red]not done[/red] erasure {request}: {code}. It is tried again by the next night.")
    for each in done.put_off:
        out.print(f"[yellow]put off[/yellow] {each}", highlight=False)
    _show_held(done)
