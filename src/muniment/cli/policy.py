"""muniment policy: what stewards decide."""

from pathlib import Path
from typing import Annotated

import typer
from rich.syntax import Syntax

from muniment.cli.screen import Json, Root, out, progress, show_json, show_table
from muniment.policies.guidance import action_of, marked
from muniment.policies.policy import Policy, parse
from muniment.store.root import open_root
from muniment.tasks import policies, rules
from muniment.tasks.corpus import required
from muniment.tasks.prove import prove_policy
from muniment.tasks.trial import try_policy

app = typer.Typer(no_args_is_help=True, help="Policy turns evidence into verdicts. It is data: show it, check it, try it, use it.")
File = Annotated[Path, typer.Argument(help="A policy as TOML.", exists=True, dir_okay=False)]


@app.command()
def show(
    root: Root = "",
    as_json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="Print the TOML itself, to copy and change.")] = False,
    of: Annotated[str, typer.Option("--of", help="The policy that a snapshot or ref was made under.")] = "",
) -> None:
    """The policy in force, or the one that a snapshot was made under.

    Examples: `muniment policy show --text > policy.toml`; `muniment policy show --of production`
    """
    if of:
        return _show(rules.policy_of(open_root(root), required(open_root(root), of)), as_json)
    if text:
        return (
            out.print(Syntax(policies.text(open_root(root)), "toml", background_color="default"))
            if out.is_terminal
            else typer.echo(policies.text(open_root(root)))
        )
    _show(policies.current(open_root(root)), as_json)


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Whether a policy is right, its recognisers hold to their examples; says every wrong place."""
    _show(policies.checked(file.read_text(), str(file)), as_json)


@app.command()
def recognisers(root: Root = "", as_json: Json = False) -> None:
    """What looks for personal data under the policy in force, in which languages; in compatible mode, behind which gates."""
    personal = policies.current(open_root(root)).personal
    if personal.mode == "compatible":
        gates = policies.gates(personal)
        if as_json:
            return show_json(gates)
        rows = [(each.recogniser, each.reach, each.why) for each in gates]
        return show_table(f"Presidio's recognisers ({personal.language})", ("Recogniser", "Runs on", "Why not on less"), rows)
    running = policies.recognisers(personal)
    if as_json:
        return show_json(running)
    listed = [
        (each.type, each.id, ", ".join(each.languages) or "all", "with words" if not each.score else "alone", each.validator or "")
        for each in sorted(running, key=lambda each: (each.type, each.languages, each.id))
    ]
    show_table("Recognisers", ("Type", "Recogniser", "Languages", "Found", "Proof"), listed)


@app.command("try")
def try_new(file: File, root: Root = "", as_json: Json = False) -> None:
    """What a policy would change in everything captured, before it changes: documents by action now and then."""
    with progress():
        trial = try_policy(root, parse(file.read_text(), str(file)))
    if as_json:
        return show_json(trial)
    rows = [(now, then, count) for now, moves in trial.moves.items() for then, count in moves.items() if now != then]
    show_table(f"{trial.changed:,} of {trial.documents:,} documents would change", ("Now", "Then", "Documents"), rows)
    changes = [
        *((code, f"+{count:,}") for code, count in trial.gained.items()),
        *((code, f"-{count:,}") for code, count in trial.lost.items()),
    ]
    codes = [(marked(code, trial.guidance), change) for code, change in changes]
    if codes:
        show_table("Reasons", ("Code", "Documents"), codes)


@app.command()
def prove(
    file: Annotated[
        Path | None, typer.Argument(help="A policy as TOML; by default the one in force.", exists=True, dir_okay=False)
    ] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Show each rule the least evidence that hits it, and what comes of it: judged, approved, published. Exit code 1 where a rule that
    is enforced does not do what it says.

    Examples: `muniment policy prove`; `muniment policy prove policy.toml --json`
    """
    with progress():
        proofs = prove_policy(file.read_text() if file else policies.text(open_root(root)), str(file or "the policy in force"))
    if as_json:
        show_json(proofs)
    else:
        rows = [
            (each.code, "enforced" if each.enforced else "guidance", each.action, each.evidence, each.outcome, "yes" if each.proven else "NO")
            for each in proofs
        ]  # fmt: skip
        show_table("Rules", ("Rule", "Kind", "Action", "Shown", "Outcome", "Proven"), rows)
    if not all(each.proven for each in proofs):
        raise typer.Exit(1)


@app.command()
def use(file: File, root: Root = "", as_json: Json = False) -> None:
    """Put a policy in force. Approvals given under another one are void: capture again and review."""
    _show(policies.put_in_force(open_root(root), file.read_text()), as_json)


def _show(policy: Policy, as_json: bool) -> None:
    if as_json:
        return show_json(policy)
    rows = [(rule.code, action_of(policy.by_code(), rule.code), rule.why) for rule in policy.rule]
    show_table(f"{policy.name} ({policy.digest[:12]})", ("Rule", "Action", "Why"), rows)
    out.print(f"[dim]detectors: {', '.join(policy.detectors)}; required: {', '.join(policy.required)}[/dim]")
