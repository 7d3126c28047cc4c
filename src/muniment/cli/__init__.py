"""The `muniment` command. A file a group of commands; each calls a story or a step and shows what came back."""

import sys
from collections.abc import Callable

import typer

from muniment import __version__
from muniment.cli import (
    access,
    audit,
    backup,
    canaries,
    citations,
    corpus,
    duplicates,
    encoders,
    erasure,
    evalsets,
    governance,
    holds,
    index,
    keys,
    models,
    originals,
    policy,
    quarantine,
    queries,
    receipts,
    recipients,
    records,
    relevance,
    retention,
    review,
    rights,
    runs,
    samples,
    search,
    search_service,
    service,
    sources,
    tuning,
)
from muniment.cli.screen import err
from muniment.errors import MunimentError
from muniment.evaluate.command import evaluate

app = typer.Typer(
    name="muniment",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A corpus that you can defend: where each document came from, by what right it is there, and how it leaves again.",
)
app.add_typer(sources.app, name="source")
sources.app.command("quarantine")(quarantine.put_back)
sources.app.command("release")(quarantine.release)
app.add_typer(policy.app, name="policy")
app.add_typer(samples.app, name="samples")
app.add_typer(encoders.app, name="encoder")
app.add_typer(evalsets.app, name="evalset")
app.add_typer(duplicates.app, name="duplicates")
app.add_typer(index.index_app, name="index")
index.index_app.command("tune")(tuning.tune)
app.add_typer(queries.app, name="queries")
app.add_typer(relevance.app, name="relevance")
app.add_typer(canaries.app, name="canary")
app.add_typer(access.access_app, name="access")
app.add_typer(rights.rights_app, name="rights")
app.add_typer(models.app, name="model")
app.add_typer(keys.app, name="keys")
app.add_typer(backup.app, name="backup")
app.add_typer(corpus.snapshots_app, name="snapshots")
app.add_typer(retention.app, name="retention")
app.add_typer(holds.app, name="hold")
app.add_typer(runs.app, name="runs")
app.add_typer(audit.app, name="audit")
audit.app.command("record")(records.record)
audit.app.command("access")(records.access)
audit.app.command("notice")(records.notice)
app.add_typer(recipients.app, name="recipient")
app.add_typer(governance.lineage_app, name="lineage")
_COMMANDS: tuple[Callable[..., None], ...] = (
    *(corpus.capture, review.review, corpus.promote, corpus.rollback, corpus.diff),
    *(search.search, citations.cite, governance.explain, erasure.erase, receipts.receipts, originals.original),
    *(service.serve, search_service.search_service, service.nightly, service.remind, service.reconcile),
)
for command in _COMMANDS:
    app.command()(command)
app.command("eval")(evaluate)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line: 0 done, 1 refused or not proven, 2 wrong use."""
    try:
        app()
    except MunimentError as error:
        err.print(f"[bold red]{error.code}[/bold red] {error.message}", highlight=False)
        if error.remedy:
            err.print(f"  → {error.remedy}", highlight=False)
        sys.exit(1)
