"""muniment erase: what leaves, everywhere, and the proof of it."""

import re
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from muniment import flows
from muniment.cli.receipts import show_receipt
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.schemas.erasure import Copy, Plan, Purpose, Selector
from muniment.schemas.source import Classification
from muniment.store.root import open_root
from muniment.tasks.erasure.cost import estimate
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.selection import Found, found
from muniment.tasks.erasure.subject import about, hashes_of
from muniment.tasks.erasure.survey import survey
from muniment.tasks.tombstones import lift as lifting

_WHAT = "What is to go"
_REASON = 3  # characters that a reason has at least


class By(StrEnum):
    """Which time of a document a range is about."""

    CAPTURED = "captured"
    MODIFIED = "modified"


def erase(
    doc: Annotated[list[str] | None, typer.Option("--doc", help="A document's id; repeat.", rich_help_panel=_WHAT)] = None,
    source: Annotated[
        str, typer.Option("--source", help="Everything of a source; alone, it is suspended too.", rich_help_panel=_WHAT)
    ] = "",
    licence: Annotated[str, typer.Option("--licence", help="What has no right but this licence.", rich_help_panel=_WHAT)] = "",
    contract: Annotated[
        str, typer.Option("--contract", help="Everything of the sources bound to this customer.", rich_help_panel=_WHAT)
    ] = "",
    classification: Annotated[
        Classification | None,
        typer.Option("--classification", help="Everything of the sources classified so by now.", rich_help_panel=_WHAT),
    ] = None,
    content: Annotated[
        list[str] | None, typer.Option("--content", help="SHA-256 of bytes as fetched or of a text; repeat.", rich_help_panel=_WHAT)
    ] = None,
    content_file: Annotated[
        list[Path] | None, typer.Option("--content-file", help="A file with that content; repeat.", rich_help_panel=_WHAT)
    ] = None,
    subject_type: Annotated[
        str, typer.Option("--subject-type", help="What identifies a person: EMAIL_ADDRESS, PHONE_NUMBER, …", rich_help_panel=_WHAT)
    ] = "",
    subject: Annotated[
        str,
        typer.Option("--subject", help="Where the value is read: - or @FILE; empty: it is asked for.", rich_help_panel=_WHAT),
    ] = "",
    after: Annotated[datetime | None, typer.Option("--after", help="From then on (UTC).", rich_help_panel=_WHAT)] = None,
    before: Annotated[datetime | None, typer.Option("--before", help="Before then (UTC).", rich_help_panel=_WHAT)] = None,
    by: Annotated[By, typer.Option("--by", help="Which time is meant.", rich_help_panel=_WHAT)] = By.CAPTURED,
    reason: Annotated[str, typer.Option(help="Why; kept with the request. Name nobody in it.")] = "",
    purpose: Annotated[
        Purpose | None, typer.Option(help="Decides what may not come back; a licence or contract that is named says it.")
    ] = None,
    deadline: Annotated[datetime | None, typer.Option(help="When it must be done (UTC); the receipt says whether it was.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be touched; change nothing.")] = False,
    queue: Annotated[bool, typer.Option("--queue", help="Stop serving it now; the service erases it.")] = False,
    lift: Annotated[str, typer.Option("--lift", help="End what a request barred: it may be captured again.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Erase documents from every kept snapshot, index, cache and from quarantine, and prove it. Exit code 1 when not proven.

    Options of different kinds narrow each other, several values of one kind widen. What is erased for its content or a person goes with
    its duplicates.

    Examples: `muniment erase --doc 3f9c… --dry-run`; `muniment erase --source old-wiki --reason "contract ended"`;
    `muniment erase --source photos --licence CC-BY-4.0 --reason "the licence was never theirs to give"`;
    `muniment erase --subject-type EMAIL_ADDRESS --reason "request 17" --deadline 2026-12-01`;
    `muniment erase --source wiki --before 2024-01-01 --by modified --queue --reason "out of date"`;
    `muniment erase --lift 5d0e… --reason "consent was given again"`
    """
    if lift:
        return _lifted(lift, reason, root, actor, as_json)
    kept = open_root(root)
    selector = Selector(
        documents=tuple(each.partition(":")[0] for each in doc or ()),
        source=source,
        licence=licence,
        contract=contract,
        classification=classification,
        content=(*_checked(content or []), *(each for path in content_file or () for each in hashes_of(path.read_bytes()))),
        after=_utc(after),
        before=_utc(before),
        by=by.value,
    )
    if selector == Selector(by=selector.by) and not subject_type:
        raise typer.BadParameter("name what is to go: --doc, --source, --content, --subject-type or another option above")
    if not dry_run and len(reason) < _REASON:
        raise typer.BadParameter(f"an erasure needs --reason, at least {_REASON} characters")
    named: tuple[str, ...] = ()
    if subject_type or subject:
        selector, picked = about(kept, selector, _type(subject_type), _value(subject_type, subject))
        named = tuple(picked.documents.to_pylist())
    if dry_run:
        plan = survey(kept, "", selector, named)
        if as_json:
            return show_json(plan)
        show_plan(root, plan)
        return _show_company(picked if named else found(kept, selector) if selector.about_content else None)
    why = purpose or (Purpose.CONTRACT if contract else Purpose.LICENCE if licence else Purpose.REQUEST)
    request = request_erasure(root, selector, reason, actor or me(), why, _utc(deadline), named, queue)
    if queue:
        if as_json:
            return show_json(request)
        return out.print(f"Request {request.id}: nothing of it is served any more. The service erases it: `muniment receipts`.")
    with progress():
        receipt = flows.erase(request.id, root=root)
    if as_json:
        show_json(receipt)
    else:
        show_receipt(receipt)
    if not receipt.proven:
        raise typer.Exit(1)


def show_plan(root: str, plan: Plan) -> None:
    """Print what an erasure would touch, who else would have to act, and what it would cost."""
    groups: dict[str, list[Copy]] = {}
    for copy in plan.copies:
        groups.setdefault(copy.place, []).append(copy)
    rows = [
        (place, len(held), sum(each.rows for each in held) or "", decimal(sum(each.bytes for each in held)))
        for place, held in sorted(groups.items())
    ]
    show_table(
        f"{len(plan.documents):,} documents would be erased; nothing was changed",
        ("What holds them", "How many", "Rows", "To write anew"),
        rows,
    )
    named = {
        "Snapshots": plan.snapshots, "Indexes": plan.indexes, "Models trained from these": plan.models,
        "Recipients to be told": plan.recipients, "Documents kept by a legal hold": plan.held,
    }  # fmt: skip
    show_table("Reaches", ("", ""), [(what, ", ".join(which) or "none") for what, which in named.items()])
    cost = estimate(open_root(root), plan)
    basis = "as earlier erasures went" if cost.measured else "a cautious guess: nothing was erased here yet"
    out.print(f"{decimal(cost.bytes)} to write anew, about {cost.seconds:,.0f} s ({basis}); the proof reads all that is kept.")
    out.print("[dim]Mixtures and bundles are not built yet, so none can hold any of it.[/dim]")


def _show_company(picked: Found | None) -> None:
    """Say how many documents go because they are duplicates of what was named."""
    if picked and len(picked.documents) > len(picked.named):
        out.print(
            f"{len(picked.named):,} were named; {len(picked.documents) - len(picked.named):,} go with them as their duplicates."
        )


def _lifted(request: str, reason: str, root: str, actor: str, as_json: bool) -> None:
    if len(reason) < _REASON:
        raise typer.BadParameter(f"lifting needs --reason, at least {_REASON} characters")
    made = lifting.lift(root, request, reason, actor or me())
    if as_json:
        return show_json(made)
    out.print(f"What request {request} erased may be captured again. What is unchanged upstream is read at the next capture.")


def _type(subject_type: str) -> str:
    if not subject_type:
        raise typer.BadParameter("say with --subject-type what the value is: EMAIL_ADDRESS, PHONE_NUMBER, PERSON, …")
    return subject_type


def _value(subject_type: str, where: str) -> str:
    """The value that identifies a person: never an argument, which the shell would keep."""
    if where == "-":
        value = sys.stdin.read()
    elif where.startswith("@"):
        value = Path(where[1:]).expanduser().read_text()
    elif where:
        raise typer.BadParameter("the value itself would stay in the shell's history: give -, @FILE, or leave --subject out")
    else:
        value = typer.prompt(f"{subject_type} (not shown)", hide_input=True)
    if not value.strip():
        raise typer.BadParameter("the value is empty")
    return value.strip()


def _checked(hashes: list[str]) -> list[str]:
    for each in hashes:
        if not re.fullmatch("[0-9a-fA-F]{64}", each):
            raise typer.BadParameter(f"{each} is not a SHA-256: 64 hexadecimal digits; for a file give --content-file")
    return [each.lower() for each in hashes]


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
