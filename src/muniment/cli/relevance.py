"""muniment relevance: how good search is, by stored queries."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.errors import NotFound
from muniment.report import relevance as page
from muniment.schemas.relevance import FAILURES, Figure, RelevanceAudit, Slice, Unjudged
from muniment.store.root import open_root
from muniment.tasks.relevance import audit as auditing
from muniment.tasks.relevance import judge as judging
from muniment.tasks.relevance import report as reporting
from muniment.tasks.relevance.compare import PREVIOUS, compare_relevance
from muniment.tasks.relevance.drift import drift as drifted
from muniment.tasks.relevance.grades import agreement

app = typer.Typer(
    no_args_is_help=True, help="How good search is: audits with stored queries, judgements by people, comparisons, drift."
)
Queries = Annotated[str, typer.Option("--queries", help="A set of stored queries; `NAME@2` is its second version.")]
Ref = Annotated[str, typer.Option("--ref", help="Which corpus answers.")]
AskedAs = Annotated[
    str, typer.Option("--as", help="The principal who asks where a query names none.", show_default="your login name")
]
_PASSAGE = 900  # characters of a passage in the terminal


@app.command()
def audit(
    queries: Queries,
    ref: Ref = "production",
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages an answer has.")] = 10,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="So many queries, the same ones every time.")] = None,
    user: AskedAs = "",
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Ask stored queries on the path that serves everybody, each as its user: figures by slice, and where what was due was lost.

    Example: `muniment relevance audit --queries desk --sample 200`
    """
    with progress():
        found = auditing.audit_relevance(root, queries, actor or me(), ref, k, user or me(), sample)
    if as_json:
        return show_json(found)
    _show(found)


@app.command("list")
def list_audits(root: Root = "", as_json: Json = False) -> None:
    """Every kept audit.

    Example: `muniment relevance list`
    """
    kept = auditing.audits(open_root(root))
    if as_json:
        return show_json(kept)
    rows = [
        (
            each.id,
            f"{each.at:%Y-%m-%d %H:%M}",
            each.queries,
            each.served.index,
            _said(each.slices[0].figures.get("ndcg10")),
            each.actor,
        )
        for each in kept
    ]
    note = "" if rows else "None yet: `muniment relevance audit`."
    show_table("Audits of relevance", ("Id", "At", "Queries", "Index", "nDCG@10", "By"), rows, note)


@app.command()
def compare(
    queries: Queries,
    against: Annotated[
        str, typer.Option("--against", help="`previous`, an index by its id, or a mode: lexical, dense, hybrid.")
    ] = PREVIOUS,
    ref: Ref = "production",
    user: AskedAs = "",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """The index that is served against another one, on judged queries: the difference with a paired 95% interval, by slice.

    Examples: `muniment relevance compare --queries desk`; `muniment relevance compare --queries desk --against lexical`
    """
    with progress():
        found = compare_relevance(root, queries, against, ref, user=user or me())
    if as_json:
        return show_json(found)
    rows = [
        (each.name, each.queries, *(_said(part["ndcg10"]) for part in (each.before, each.after, each.difference)))
        for each in found.slices
    ]
    title = f"nDCG@10 of index {found.served.index} against {found.against}, {found.queries}"
    show_table(title, ("Slice", "Queries", "Before", "After", "Difference"), rows, "" if rows else "No query is judged.")


@app.command()
def judge(
    queries: Queries,
    write: Annotated[Path | None, typer.Option("--out", help="Write a worksheet: .tsv or .jsonl.")] = None,
    read: Annotated[Path | None, typer.Option("--in", help="Take in a worksheet with grades.")] = None,
    user: Annotated[str, typer.Option("--as", help="Who judges, a known principal.", show_default="your login name")] = "",
    ref: Ref = "production",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Grade passages that audits were given: 0 not relevant, 1 related, 2 answers in part, 3 answers. One by one, or on a worksheet.

    Examples: `muniment relevance judge --queries desk --as dana --out sheet.tsv`; `muniment relevance judge --queries desk --as dana --in sheet.tsv`;
    `muniment relevance judge --queries desk --as dana`
    """
    if read:
        count = judging.take_grades(root, queries, judging.read_sheet(read), user or me(), ref)
    else:
        lines = judging.worksheet(root, queries, user or me(), ref)
        if write:
            judging.write_sheet(write, lines)
            return show_json({"lines": len(lines)}) if as_json else out.print(f"{len(lines):,} passages to grade in {write}.")
        count = judging.take_grades(root, queries, _graded(lines), user or me(), ref)
    show_json({"graded": count}) if as_json else out.print(f"{count:,} grades written down.")


@app.command("agreement")
def show_agreement(queries: Queries, root: Root = "", as_json: Json = False) -> None:
    """How far each two judges agree on what both graded: Cohen's kappa, of relevant or not (2 and 3), and of the grade itself.

    Example: `muniment relevance agreement --queries desk`
    """
    found = agreement(open_root(root), queries.partition("@")[0])
    if as_json:
        return show_json(found)
    rows = [(each.first, each.second, each.both, _number(each.relevant), _number(each.grade)) for each in found]
    columns = ("Judge", "And", "Both graded", "Kappa, relevant", "Kappa, grade")
    show_table("Agreement of judges", columns, rows, "" if rows else "No two judges graded the same passage.")


@app.command()
def drift(
    ref: Ref = "production",
    weeks: Annotated[int, typer.Option("--weeks", min=2, help="How many weeks back.")] = 12,
    root: Root = "",
    as_json: Json = False,
) -> None:
    """Scores and low evidence of real searches, week by week, from the ledger: counts only, no query.

    Example: `muniment relevance drift --weeks 8`
    """
    found = drifted(open_root(root), weeks)
    if as_json:
        return show_json(found)
    rows = [
        (
            f"{each.week}",
            each.mode,
            each.searches,
            f"{each.low_evidence:.1%}",
            f"{each.median:.2f}",
            _number(each.divergence),
            _number(each.stability),
        )
        for each in found
    ]
    columns = ("Week of", "Mode", "Searches", "Low evidence", "Median evidence", "JS divergence", "PSI")
    show_table("Searches", columns, rows, "" if rows else "Nobody searched yet.")


@app.command()
def report(
    queries: Queries,
    file: Annotated[Path, typer.Option("--out", help="Where the page goes.")] = Path("search-quality.html"),
    with_queries: Annotated[
        bool, typer.Option("--with-queries", help="Show the texts of failed queries, to who may read them.")
    ] = False,
    user: AskedAs = "",
    ref: Ref = "production",
    root: Root = "",
    as_json: Json = False,
) -> None:
    """One static page about the last audit of a set: figures by slice, failures, comparisons, canaries and drift. It names queries by id.

    Examples: `muniment relevance report --queries desk`; `muniment relevance report --queries desk --with-queries --as dana --out private.html`
    """
    with progress():
        found = reporting.gather(root, queries, user or me(), ref, with_queries)
    file.write_text(page.page(found), encoding="utf-8")
    if as_json:
        return show_json({"page": str(file), "audit": found.audit.id})
    out.print(f"{file}: audit {found.audit.id} of {found.audit.queries}.")


def _show(found: RelevanceAudit) -> None:
    rows = [
        (each.name, each.queries, each.scored, _said(each.figures.get("ndcg10")), _short(each.figures.get("recall10")), _lost(each))
        for each in found.slices
    ]
    columns = ("Slice", "Queries", "Scored", "nDCG@10", "Recall@10", "Queries lost")
    why = ", ".join(f"{name} {count}" for name, count in found.why.items())
    show_table(
        f"Audit {found.id}: {found.queries} on index {found.served.index}",
        columns,
        rows,
        f"Answers that were due: {why}" if why else "",
    )


def _graded(lines: Sequence[Unjudged]) -> list[Unjudged]:
    """Ask for a grade of each passage, until somebody stops."""
    if not lines:
        raise NotFound("Nothing is left to grade.", "Run an audit first: `muniment relevance audit`.")
    done = list[Unjudged]()
    for number, each in enumerate(lines, 1):
        out.print(f"\n[dim]{number} of {len(lines)}[/dim]")
        out.print(each.query, style="bold", markup=False)
        out.print(f"{each.title}\n{each.passage[:_PASSAGE]}", markup=False)
        said = typer.prompt("0 not relevant, 1 related, 2 in part, 3 answers, s skip, q stop", default="s")
        if said == "q":
            break
        if said in ("0", "1", "2", "3"):
            done.append(each.model_copy(update={"grade": int(said)}))
    return done


def _lost(of: Slice) -> str:
    return ", ".join(f"{outcome} {of.failures[outcome]}" for outcome in FAILURES if of.failures.get(outcome))


def _short(of: Figure | None) -> str:
    return _number(of.value if of else None)


def _said(of: Figure | None) -> str:
    return f"{of.value:.3f} ({of.low:.3f} to {of.high:.3f})" if of else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
