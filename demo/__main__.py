"""`make demo`: the night, the morning, and the questions after it, on a real Prefect server."""

import argparse
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo import desk, office
from demo.service import Service, free_port
from muniment.cli.receipts import show_receipt
from muniment.cli.screen import err, out, show_table
from muniment.cli.search import show_answer
from muniment.errors import MunimentError, SourceUnavailable
from muniment.report.receipt import page as receipt_page
from muniment.schemas.erasure import Selector
from muniment.store.root import open_root
from muniment.tasks import policies, tables
from muniment.tasks.erasure.prove import authentic, receipts
from muniment.tasks.erasure.requests import request as asked
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.search.search import search

_HERE = Path(__file__).parent
_PATIENCE = 600  # seconds for an erasure
QUESTIONS = (
    ("noor", "wait for an asyncio coroutine with a timeout"),
    ("dana", "who pays for travel to a customer"),
    ("noor", "who pays for travel to a customer"),
)


def main() -> int:
    """Run the demo; 0 when every step did what it should."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--root", default=".muniment-demo", help="folder or s3://bucket/prefix")
    parser.add_argument("--keep", action="store_true", help="leave server and UI up afterwards")
    parser.add_argument("--port", type=int, default=0, help="port of the UI; a free one by default")
    given = parser.parse_args()
    began = time.monotonic()
    os.environ.setdefault("MUNIMENT_ENCODER", "wordllama")  # the better one, the product's default, would take a quarter of an hour
    try:
        with Service(given.root, given.port or free_port()) as service:
            _run(given.root, service)
            out.print(f"\n[dim]{time.monotonic() - began:.0f} s from start to answer[/dim]")
            if given.keep:
                service.stay()
    except MunimentError as error:
        err.print(f"[bold red]{error.code}[/bold red] {error}", highlight=False, soft_wrap=True)
        return 1
    return 0


def _run(root: str, service: Service) -> None:
    with _part("Register sources that every installation has, and office files"):
        folder = _office(root)
        desk.register(root, sorted((_HERE / "sources").glob("*.toml")), folder, _HERE / "principals.toml")
    with _part("Night: capture, detect, judge; the green lane goes on, the rest waits"):
        service.ready()
        service.run("nightly")
        _verdicts(root)
    with _part("Morning: the steward decides, through the form's API"):
        for source, decision, reason in desk.DECISIONS:
            if desk.undecided(root, source):
                service.run("review", judgement=source, decision=decision, reason=reason, actor="dana", promote_to="")
                out.print(f"  dana: [bold]{decision}[/bold] {source} — {reason}", soft_wrap=True)
        service.run("promote", actor="dana")
        service.run("index")
    with _part("Answers: the same question, two people"):
        for user, question in QUESTIONS:
            out.print(f"[bold cyan]{user}[/bold cyan] asks: {question}")
            show_answer(search(root, question, user, k=2))
    if not receipts(open_root(root)):
        with _part("A request to erase: no longer served at once, then gone everywhere, with a receipt"):
            _erase(root, *QUESTIONS[1])
    _where(root, service)


def _erase(root: str, user: str, question: str) -> None:
    """What an urgent request does: the service is only told the request's id."""
    document = search(root, question, user, k=1).hits[0].citation.partition(":")[0]
    began = time.monotonic()
    request = request_erasure(root, Selector(documents=(document,)), "Its author asked for it.", user, queue=True)
    served = {hit.citation.partition(":")[0] for hit in search(root, question, user).hits}
    said = "still served" if document in served else "no longer served"
    out.print(f"  {said} after {time.monotonic() - began:.1f} s; the event of request {request.id} starts the flow `erase`")
    while not (found := [each for each in receipts(open_root(root)) if each.request == request.id]):
        if time.monotonic() > began + _PATIENCE:
            raise SourceUnavailable("Nothing came of the request.", f"Run `muniment receipts {request.id} --root {root}`.")
        time.sleep(0.5)
    out.print(f"  {'proven' if found[0].proven else 'NOT proven'} after {time.monotonic() - began:.1f} s")
    show_receipt(found[0])
    if not root.startswith("s3://"):
        page = Path(f"{root}-receipt.html")
        page.write_text(receipt_page(found[0], asked(open_root(root), request.id), authentic(found[0])))
        out.print(f"  the page to hand over: {page}", highlight=False, soft_wrap=True)


def _verdicts(root: str) -> None:
    query = "SELECT source_id, action, count(*) AS documents FROM verdicts GROUP BY ALL ORDER BY ALL"
    show_table(
        "Verdicts", ("Source", "Action", "Documents"), [tuple(row.values()) for row in tables.query(root, query).to_pylist()]
    )
    query = """SELECT reason, count(*) AS documents, min(doc_id) AS example
               FROM (SELECT unnest(reasons) AS reason, doc_id FROM verdicts) GROUP BY reason ORDER BY documents DESC"""
    rules = policies.current(open_root(root)).by_code()
    rows = [
        (row["reason"], str(rules[row["reason"]].action) if row["reason"] in rules else "hold", row["documents"], row["example"])
        for row in tables.query(root, query).to_pylist()
    ]
    show_table("Why", ("Reason", "Its action", "Documents", "An example"), rows)


def _where(root: str, service: Service) -> None:
    out.rule("Look further", align="left")
    examples = tables.query(root, "SELECT action, min(doc_id) AS doc_id FROM verdicts GROUP BY action ORDER BY action").to_pylist()
    for row in examples:
        out.print(
            f"  muniment explain {row['doc_id']} --root {root}   [dim]# {row['action']}[/dim]", highlight=False, soft_wrap=True
        )
    out.print(f"  muniment review package-papers --root {root}", highlight=False, soft_wrap=True)
    out.print(
        f"  muniment search-service --anonymous noor --root {root}   [dim]# ask on a page[/dim]", highlight=False, soft_wrap=True
    )
    out.print(f"  muniment rights check --use open-weights --without share-alike --root {root}", highlight=False, soft_wrap=True)
    out.print(f"  muniment erase --doc {examples[0]['doc_id']} --dry-run --root {root}", highlight=False, soft_wrap=True)
    out.print(
        f"  evidence packs and runs: {service.address}/runs   [dim](make demo KEEP=1 leaves this up)[/dim]",
        highlight=False,
        soft_wrap=True,
    )
    head = open_root(root).ledger.tail()
    out.print(f"  the ledger has {head} entries: muniment audit verify --root {root}", highlight=False, soft_wrap=True)


def _office(root: str) -> Path:
    """A folder of mixed office files beside a local root, or in a temporary place for S3."""
    folder = Path(f"{root}-office") if not root.startswith("s3://") else Path.home() / ".cache" / "muniment-demo-office"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    office.write(folder)
    return folder.resolve()


@contextmanager
def _part(title: str) -> Iterator[None]:
    began = time.monotonic()
    out.rule(f"[bold]{title}[/bold]", align="left")
    yield
    out.print(f"[dim]{time.monotonic() - began:.1f} s[/dim]\n")


if __name__ == "__main__":
    raise SystemExit(main())
