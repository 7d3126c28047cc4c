"""muniment explain, lineage: what is known of a document, and of everything."""

from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, out, show_json, show_sections, show_table
from muniment.tasks import tables
from muniment.tasks.explain import explain as tell
from muniment.tasks.explain_to import explain_to

lineage_app = typer.Typer(no_args_is_help=True, help="Lineage in SQL.")


def explain(
    document: Annotated[str, typer.Argument(metavar="DOC", help="A document id, `source:native key`, or a citation.")],
    user: Annotated[
        str, typer.Option("--as", help="A principal who is told: only of what they may read.", show_default="whoever runs the root")
    ] = "",
    ref: Annotated[str, typer.Option(help="With --as: which corpus they read.")] = "production",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The whole story of a document: what was found, why it is in or out, and where its copies are. With `--as` what a reader may know
    of it; of what is not theirs they are told what they are told of what is not there.

    Examples: `muniment explain handbook:travel/expenses.md`; `muniment explain 3f9c0d… --as dana`
    """
    story = explain_to(root, document, user, ref) if user else tell(root, document)
    if as_json:
        return show_json(story)
    out.rule(f"[bold]{story.action}[/bold] {', '.join(story.reasons)}", align="left")
    show_sections(story.sections)


@lineage_app.command("sql")
def lineage_sql(
    query: Annotated[str, typer.Argument(help="One SELECT, in DuckDB's SQL.")], root: Root = "", as_json: Json = False
) -> None:
    """Ask the ledger (entries, links, counts, edges) and what stands now (documents, findings, signals, licences, twins, hits,
    verdicts, promoted, chunks).

    Examples: `muniment lineage sql "SELECT kind, count(*) FROM entries GROUP BY ALL"`;
    `muniment lineage sql "SELECT source_id, action, count(*) FROM verdicts GROUP BY ALL ORDER BY ALL"`
    """
    table = tables.query(root, query)
    if as_json:
        return show_json({"columns": table.column_names, "rows": table.to_pylist()})
    rows = [tuple(row.values()) for row in table.slice(0, 1000).to_pylist()]
    show_table("", table.column_names, rows, f"{table.num_rows:,} rows" + (", the first 1,000" if table.num_rows > 1000 else ""))
