"""muniment explain, lineage: what is known of a document, and of everything."""

from typing import Annotated

import typer

from muniment.cli.screen import Json, Root, out, show_json, show_sections, show_table
from muniment.tasks import tables
from muniment.tasks.explain import explain as tell

lineage_app = typer.Typer(no_args_is_help=True, help="Lineage in SQL.")


def explain(
    document: Annotated[str, typer.Argument(metavar="DOC", help="A document id, `source:native key`, or a citation.")],
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The whole story of a document: what was found, why it is in or out, and where its copies are.

    Examples: `muniment explain handbook:travel/expenses.md`; `muniment explain 3f9c0d…`
    """
    story = tell(root, document)
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
