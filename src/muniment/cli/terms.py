"""muniment rights terms, change, revoke: what holds, since when, and what a change of it reaches."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from muniment import flows
from muniment.cli.erasure import show_plan
from muniment.cli.receipts import show_receipt
from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.errors import NotFound
from muniment.schemas.erasure import Plan, Selector
from muniment.schemas.source import Source
from muniment.store import root as store
from muniment.tasks.corpus import required
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.survey import survey
from muniment.tasks.rights import terms as held
from muniment.tasks.rights.revoke import revoke_licence
from muniment.tasks.sources import relicense

_DAY = ["%Y-%m-%d"]
Day = Annotated[datetime | None, typer.Option(formats=_DAY, help="A day, YYYY-MM-DD; today by default.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the record.")]


def terms(
    ref: Annotated[str, typer.Argument(help="A snapshot or ref: the terms of its sources.")] = "production",
    source: Annotated[str, typer.Option("--source", help="Every version of one source's terms instead.")] = "",
    valid: Annotated[datetime | None, typer.Option(formats=_DAY, help="What held on this day; now by default.")] = None,
    known: Annotated[datetime | None, typer.Option(formats=_DAY, help="As far as was known on this day.")] = None,
    as_built: Annotated[
        bool, typer.Option("--as-built", help="What was in force, and known, when the snapshot was built.")
    ] = False,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Licence and contract terms in force: now, on any day, or when a snapshot was built.

    Examples: `muniment rights terms`; `muniment rights terms 3f9c… --as-built`; `muniment rights terms --source wiki`;
    `muniment rights terms --valid 2026-03-01 --known 2026-06-30`
    """
    opened = store.open_root(root)
    if source:
        versions = held.history(opened, source)
        if as_json:
            return show_json(versions)
        rows = [(each.source.version, f"{each.recorded:%Y-%m-%d %H:%M}", *_row(each.source)[1:]) for each in versions]
        return show_table(f"Terms of {source}", ("Version", "Recorded", *_COLUMNS[1:]), rows)
    snapshot = required(opened, ref)
    if as_built:
        valid = known = held.built(opened, snapshot)
    found = held.in_force(opened, snapshot, _utc(valid), _utc(known))
    gone = sorted({part.source for part in snapshot.parts} - found.keys())
    if as_json:
        return show_json(
            {
                "snapshot": snapshot.id,
                "policy": snapshot.policy,
                "licences": snapshot.licences,
                "tools": snapshot.tools,
                "in_force": {name: each.model_dump(mode="json") for name, each in found.items()},
                "not_in_force": gone,
            }
        )
    rows = [_row(each) for _, each in sorted(found.items())]
    made = f"Made under policy {snapshot.policy[:12]} and licence table {snapshot.licences[:12]}, with tools {snapshot.tools[:12]}, kept under rules/."
    note = f"No terms in force: {', '.join(gone)}. {made}" if gone else made
    show_table(f"Terms in force for the sources of snapshot {snapshot.id}", _COLUMNS, rows, note)


def change(
    source: Annotated[str, typer.Argument(help="The source's id.")],
    licence: Annotated[str, typer.Option("--licence", help="The licence that it is under now, SPDX; empty: none is known.")] = "",
    since: Day = None,
    erase: Annotated[bool, typer.Option("--erase", help="Erase what is there by the licence before.")] = False,
    reason: Reason = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Record that a source is under another licence, list what was built on the one before, and erase that if you say so.

    Examples: `muniment rights change wiki --licence CC-BY-NC-4.0 --since 2026-10-01`;
    `muniment rights change wiki --erase --reason "relicensed, all rights reserved"`
    """
    if erase and len(reason) < 3:
        raise typer.BadParameter("an erasure needs --reason, at least 3 characters")
    who, opened = actor or me(), store.open_root(root)
    before, after = relicense(root, source, licence, _day(since), who)
    selector = Selector(source=source, licence=before.declared_licence)
    plan = _survey(opened, selector) if before.declared_licence else None
    if as_json:
        show_json(
            {
                "before": before.model_dump(mode="json"),
                "after": after.model_dump(mode="json"),
                "affected": plan and plan.model_dump(mode="json"),
            }
        )
    else:
        out.print(
            f"{source}: {before.declared_licence or 'no licence'} → {after.declared_licence or 'no licence'} from {after.terms.valid_from}."
        )
        out.print(f"Its approval is void: `muniment source approve {source}`, then capture it again.", highlight=False)
        show_plan(root, plan) if plan else out.print("No kept document is there by the licence before.")
    if erase and plan:
        with progress():
            receipt = flows.erase(request_erasure(root, selector, reason, who).id, root=root)
        show_json(receipt) if as_json else show_receipt(receipt)
        raise typer.Exit(0 if receipt.proven else 1)


def revoke(
    licence: Annotated[str, typer.Argument(help="The licence that was taken back, one SPDX identifier.")],
    source: Annotated[str, typer.Option("--source", help="Of this source only.")] = "",
    effective: Day = None,
    reason: Reason = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what hangs on it; change nothing.")] = False,
    hold_only: Annotated[bool, typer.Option("--hold-only", help="Hold what comes in from now on; erase nothing.")] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Take a licence back: whatever has no other right is erased from every kept snapshot and index, and held from now on.

    Examples: `muniment rights revoke CC-BY-4.0 --source photos --dry-run`;
    `muniment rights revoke CC-BY-4.0 --source photos --reason "the licensor never owned them"`
    """
    opened, selector = store.open_root(root), Selector(source=source, licence=licence)
    plan = _survey(opened, selector)
    if dry_run:
        if plan is None:
            raise NotFound(f"Nothing that is kept hangs on {licence}.", "See `muniment diff` for the licences of a snapshot.")
        return show_json(plan) if as_json else show_plan(root, plan)
    if len(reason) < 3:
        raise typer.BadParameter("a revocation needs --reason, at least 3 characters")
    made = revoke_licence(root, licence, source, _day(effective), reason, actor or me())
    if not as_json:
        out.print(f"From {made.effective} on, what hangs on {licence} is held (revocation {made.id}).", highlight=False)
    if hold_only or plan is None:
        return (
            show_json(made) if as_json else out.print("Nothing was erased." if hold_only else "Nothing that is kept hangs on it.")
        )
    with progress():
        receipt = flows.revoke(made.id, root=root)
    show_json(receipt) if as_json else show_receipt(receipt)
    if not receipt.proven:
        raise typer.Exit(1)


_COLUMNS = ("Source", "Licence", "Customer", "Limits", "Keep days", "From", "Until")


def _row(source: Source) -> tuple[object, ...]:
    held = source.terms
    limits = [
        ("no mixing", held.no_mixing),
        ("no pretraining", held.no_pretraining),
        ("delete at the end", held.delete_on_termination),
    ]
    said = ", ".join(name for name, on in limits if on) or "none"
    return (
        source.id, source.declared_licence or "by document", held.customer or "any", said, held.retention_days or "–",
        held.valid_from or "recorded", held.valid_until or "open",
    )  # fmt: skip


def _survey(root: store.Root, selector: Selector) -> Plan | None:
    try:
        return survey(root, "", selector)
    except NotFound:
        return None


def _day(given: datetime | None) -> date:
    return given.date() if given else datetime.now(UTC).date()


def _utc(given: datetime | None) -> datetime | None:
    """The end of a day that was named: what was recorded on it was known on it."""
    if given is None or given.tzinfo:
        return given
    return given.replace(hour=23, minute=59, second=59, tzinfo=UTC)
