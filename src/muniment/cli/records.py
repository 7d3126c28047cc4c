"""muniment audit record, access, notice: what regulators and those concerned ask for."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, show_json, show_table
from muniment.report.activities import html, markdown
from muniment.schemas.canonical import canonical_json
from muniment.tasks.audit.access import accesses
from muniment.tasks.audit.notices import mark_sent, notices
from muniment.tasks.audit.records import record_of_processing

Form = Literal["md", "html", "json"]


def record(
    file: Annotated[Path | None, typer.Option("--out", help="File to write; empty: print it.", dir_okay=False)] = None,
    form: Annotated[Form | None, typer.Option("--format", help="Its form.", show_default="by the file's name, else md")] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The record of processing activities (GDPR Art. 30 (1)): drawn from registry, findings, deliveries, retention and keys, with what
    is missing said as missing.

    Examples: `muniment audit record --out record.html`; `muniment audit record --json`
    """
    made = record_of_processing(root)
    if as_json and file is None:
        return show_json(made)
    forms: dict[str, Form] = {".html": "html", ".json": "json"}
    form = form or ("json" if as_json else forms.get(file.suffix if file else "", "md"))
    text = markdown(made) if form == "md" else html(made) if form == "html" else canonical_json(made).decode() + "\n"
    if file is None:
        sys.stdout.write(text)
        return None
    file.write_text(text, encoding="utf-8")
    return out.print(
        f"Written: {file}, {len(made.activities)} activities, {len(made.missing)} things missing", highlight=False, soft_wrap=True
    )


def access(
    document: Annotated[str, typer.Option("--document", help="A document's id: who was shown something of it.")] = "",
    user: Annotated[str, typer.Option("--user", help="What somebody was shown.")] = "",
    since: Annotated[datetime | None, typer.Option(help="From this day or moment on, UTC.")] = None,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Who was shown what by a search, a citation or as an original, and who was refused. Queries stand in the ledger as keyed hashes only.

    Examples: `muniment audit access --document 3f9c0d…`; `muniment audit access --user dana --since 2026-01-01`
    """
    found = accesses(root, document.partition(":")[0], user, since.replace(tzinfo=UTC) if since else None)
    if as_json:
        return show_json(found)
    rows = [
        (
            each.sequence,
            f"{each.time:%Y-%m-%d %H:%M:%S}",
            each.user,
            each.kind,
            each.query[:12],
            len(each.documents),
            ", ".join(each.documents[:3]),
        )
        for each in found
    ]
    return show_table(
        "What was read, and what was refused",
        ("Entry", "When (UTC)", "User", "What", "Asked (hashed)", "Documents", "The first of them"),
        rows,
        "" if rows else "None.",
    )


def notice(
    request: Annotated[str, typer.Argument(help="An erasure's id: `muniment receipts`.")],
    sent: Annotated[str, typer.Option(help="Keep that this recipient was told now.")] = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Who must be told that data they were given was erased (GDPR Art. 19), with a text for each that names no personal data.

    Examples: `muniment audit notice 3f9c0d…`; `muniment audit notice 3f9c0d… --sent acme-labs`
    """
    if sent:
        mark_sent(root, request, sent, actor or me())
    found = notices(root, request)
    if as_json:
        return show_json(found)
    for each in found:
        told = f"told {each.sent:%Y-%m-%d %H:%M} UTC by {each.actor}" if each.sent else "[yellow]not told yet[/yellow]"
        out.rule(f"{each.recipient}: {told}", align="left")
        out.print(each.text, highlight=False, markup=False)
    return out.print(
        f"{len(found)} to be told, {sum(each.sent is not None for each in found)} told."
        if found
        else "Nobody holds anything of it."
    )
