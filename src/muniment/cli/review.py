"""muniment review: read what there is to decide, and decide."""

from datetime import date
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_sections, show_table
from muniment.schemas.review import WEAK, Decision, Review
from muniment.tasks.pack import gather_pack
from muniment.tasks.review.decide import decide
from muniment.tasks.review.identity import identity
from muniment.tasks.review.pending import pending


def review(
    subject: Annotated[str, typer.Argument(metavar="[CAPTURE]", help="A source (its latest), a capture or a judgement.")] = "",
    approve: Annotated[bool, typer.Option("--approve", help="Admit what the verdicts admit.")] = False,
    approve_redacted: Annotated[
        bool, typer.Option("--approve-redacted", help="Also admit, redacted, what is held for personal data alone.")
    ] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Refuse it.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Leave it in quarantine for now.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an earlier decision about the same back.")] = False,
    group: Annotated[
        list[str] | None, typer.Option(help="Decide about the documents with this reason code; repeat. Goes over the whole.")
    ] = None,
    document: Annotated[list[str] | None, typer.Option(help="Decide about this document; repeat. Goes over groups.")] = None,
    until: Annotated[str, typer.Option(help="The day on which the decision ends: 2027-01-31. Overrides always end.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    waiting: Annotated[bool, typer.Option("--pending", help="List what waits for a decision, for whom, since when.")] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Show the evidence pack; with a decision, record it: about all of it, about groups of reasons, or about documents.

    Examples: `muniment review handbook`; `muniment review --pending`;
    `muniment review handbook --approve --reason "read the sample" --actor dana`;
    `muniment review handbook --approve --group EVAL_TARGET --until 2027-01-31 --reason "an encyclopedia" --actor dana`
    """
    if waiting:
        return _pending(root, as_json)
    if not subject:
        raise typer.BadParameter("give a source, a capture or a judgement; or --pending")
    flags = {
        Decision.APPROVE: approve,
        Decision.APPROVE_REDACTED: approve_redacted,
        Decision.REJECT: reject,
        Decision.HOLD: hold,
        Decision.WITHDRAW: withdraw,
    }
    given = [decision for decision, flag in flags.items() if flag]
    if len(given) > 1:
        raise typer.BadParameter("give one decision")
    if not given:
        return _pack(root, subject, as_json)
    if len(reason) < 3:
        raise typer.BadParameter("a decision needs --reason, at least 3 characters")
    scope = (tuple(group or ()), tuple(document or ()), _day(until))
    _decided(decide(root, subject, given[0], reason, actor or me(), identity(), *scope), as_json)


def _pack(root: str, subject: str, as_json: bool) -> None:
    pack = gather_pack(root, subject)
    if as_json:
        return show_json(pack)
    out.rule(f"[bold]{pack.source}[/bold]: {pack.headline}", align="left")
    out.print(f"[dim]judgement {pack.judgement} · capture {pack.capture} · lane {pack.lane}[/dim]\n")
    show_sections(pack.sections)


def _decided(made: Review, as_json: bool) -> None:
    if as_json:
        return show_json(made)
    about = ", ".join((*made.groups, *(f"{len(made.documents)} documents" for _ in made.documents[:1]))) or "the whole"
    until = f" until {made.until}" if made.until else ""
    out.print(f"[bold]{made.decision}[/bold]{until} recorded for judgement {made.judgement} ({about}) by {made.actor}.")
    if made.override:
        out.print("[yellow]An override: it admits what the policy stops, and lapses on that day.[/yellow]")
    if made.alone:
        out.print("[yellow]Nobody else may decide about this source: no second pair of eyes saw it.[/yellow]")
    if made.identity in WEAK:
        out.print(f"[dim]The identity is weak: {made.identity}. Through the server it can be proven (docs/review.md).[/dim]")


def _pending(root: str, as_json: bool) -> None:
    found = pending(root)
    if as_json:
        return show_json(found)
    rows = [
        (each.source, each.why, f"{each.hours:,.0f}", ", ".join((each.steward, *each.others)), each.lane, f"{each.risk:.0f}", each.documents)
        for each in found
    ]  # fmt: skip
    columns = ("Source", "Why", "Hours", "For", "Lane", "Risk", "Documents")
    show_table("Waiting for a decision", columns, rows, "" if rows else "Nothing waits for a decision.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text} is not a day: write it as 2027-01-31", param_hint="--until") from None
