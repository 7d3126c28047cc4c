"""muniment access: who may read what."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.schemas.access import Change
from muniment.schemas.source import Classification
from muniment.store.root import open_root
from muniment.tasks.access import changes as log
from muniment.tasks.access import claims, principals
from muniment.tasks.access.set import clear_access, set_access

access_app = typer.Typer(
    no_args_is_help=True, help="Who may read what: principals, their groups, clearance and tenant, and what was changed of that."
)
Source = Annotated[list[str] | None, typer.Option("--source", help="All documents of a source; repeat.")]
Document = Annotated[list[str] | None, typer.Option("--document", help="A document: its id, or SOURCE:KEY; repeat.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept beside the ledger, not in it.")]


@access_app.command("show")
def show_access(root: Root = "", as_json: Json = False) -> None:
    """All principals."""
    known = list(principals.everyone(open_root(root)).values())
    if as_json:
        return show_json(known)
    rows = [(each.id, ", ".join(sorted(each.groups)), each.clearance, each.tenant) for each in known]
    show_table(
        "Principals",
        ("Id", "Groups", "Clearance", "Tenant"),
        rows,
        "" if rows else "None yet: nobody can search. `muniment access use FILE`.",
    )


@access_app.command("use")
def use_access(
    file: Annotated[Path, typer.Argument(help="TOML: a table a principal.", exists=True, dir_okay=False)], root: Root = ""
) -> None:
    """Put a file of principals in force, at once and for every index.

    The file: `[dana]` / `groups = ["staff", "legal"]` / `clearance = "confidential"` / `tenant = "default"`; groups of groups:
    `[groups]` / `staff = ["engineering", "sales"]`
    """
    known = principals.put_in_force(open_root(root), file.read_text())
    out.print(f"{len(known)} principals are in force.")


@access_app.command("claims")
def use_claims(
    file: Annotated[
        Path | None, typer.Argument(help="TOML; without it, what is in force is shown.", exists=True, dir_okay=False)
    ] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """How a sign-in is read: which claim is user, groups, tenant and clearance, and what its values mean here.

    The file: `groups = "realm_access.roles"` / `tenant = "org"` / `[group]` / `"/hr" = ["people"]` / `[clearances]` / `people = "confidential"`
    """
    opened = open_root(root)
    policy = claims.put_in_force(opened, file.read_text()) if file else claims.in_force(opened)
    if as_json:
        return show_json(policy)
    rows = [(name, str(value) or "not read") for name, value in policy.model_dump(mode="json").items()]
    show_table("Claims", ("", ""), rows)


@access_app.command("set")
def set_(
    reason: Reason,
    source: Source = None,
    document: Document = None,
    groups: Annotated[str | None, typer.Option(help="Groups that may read, with commas; an empty text is nobody.")] = None,
    classification: Annotated[Classification | None, typer.Option(help="How sensitive it is from now on.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose it is from now on.")] = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Change who may read, at once, in every index, without building one. Anybody may narrow; only who answers for the source widens.

    Examples: `muniment access set --document handbook:salaries.md --groups people --reason "sent to all by mistake"`;
    `muniment access set --source handbook --classification confidential --reason "as counsel asked"`
    """
    named = None if groups is None else tuple(filter(None, (each.strip() for each in groups.split(","))))
    made = set_access(root, reason, actor or me(), source or (), document or (), named, classification, tenant)
    _show(made, as_json)


@access_app.command("clear")
def clear(
    reason: Reason,
    source: Source = None,
    document: Document = None,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Let what was promoted hold again, for documents or a source that `access set` was used on.

    Example: `muniment access clear --document handbook:salaries.md --reason "settled" --actor dana`
    """
    _show(clear_access(root, reason, actor or me(), source or (), document or ()), as_json)


@access_app.command("changes")
def changes(
    document: Annotated[str, typer.Option(help="Only those about a document, by its id.")] = "",
    source: Annotated[str, typer.Option(help="Only those about a source.")] = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Every change of who may read, the first one first."""
    found = [
        each
        for each in log.changes(open_root(root))
        if (not document or document in each.documents) and (not source or source in each.sources)
    ]
    if as_json:
        return show_json(found)
    rows = [
        (
            each.number,
            f"{each.at:%Y-%m-%d %H:%M}",
            each.via,
            _about(each),
            _said(each),
            "yes" if each.exact else "",
            each.actor,
            each.reason,
        )
        for each in found
    ]
    show_table(
        "Changes of who may read", ("No.", "At", "By", "About", "Says", "In full", "Actor", "Reason"), rows, "" if rows else "None."
    )


def _show(made: Change, as_json: bool) -> None:
    if as_json:
        return show_json(made)
    held = "It holds in full." if made.exact else "It only narrows: you do not answer for the source."
    out.print(f"Change {made.number} of {_about(made)} is in force: {_said(made)}. {held}", highlight=False)


def _about(change: Change) -> str:
    return (
        ", ".join(filter(None, (*change.sources, f"{len(change.documents)} documents" if change.documents else "")))
        or "nothing any more"
    )


def _said(change: Change) -> str:
    said = (
        None if change.groups is None else f"groups {', '.join(change.groups) or 'nobody'}",
        change.classification and str(change.classification),
        change.tenant and f"tenant {change.tenant}",
    )
    return "; ".join(filter(None, said)) or "as promoted"
