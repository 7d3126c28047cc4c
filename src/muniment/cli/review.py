"""muniment review: read what there is to decide, and decide."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_sections
from muniment.schemas.review import Decision
from muniment.tasks.pack import gather_pack
from muniment.tasks.review import decide


def review(
    subject: Annotated[str, typer.Argument(metavar="CAPTURE", help="A source (its latest), a capture or a judgement.")],
    approve: Annotated[bool, typer.Option("--approve", help="Admit what the verdicts admit.")] = False,
    approve_redacted: Annotated[
        bool, typer.Option("--approve-redacted", help="Also admit, redacted, what is held for personal data alone.")
    ] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Refuse the capture.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Leave it in quarantine for now.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an approval back.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Show the evidence pack; with a decision, record it.

    Examples: `muniment review handbook`; `muniment review handbook --approve --reason "read the sample" --actor dana`
    """
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
        pack = gather_pack(root, subject)
        if as_json:
            return show_json(pack)
        out.rule(f"[bold]{pack.source}[/bold]: {pack.headline}", align="left")
        out.print(f"[dim]judgement {pack.judgement} · capture {pack.capture} · lane {pack.lane}[/dim]\n")
        return show_sections(pack.sections)
    if len(reason) < 3:
        raise typer.BadParameter("a decision needs --reason, at least 3 characters")
    made = decide(root, subject, given[0], reason, actor or me())
    if as_json:
        return show_json(made)
    out.print(f"[bold]{made.decision}[/bold] recorded for judgement {made.judgement} by {made.actor}.")
