"""The product's own erasure leaves nothing in a root; what somebody left there is found, and the receipt says where."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, prose, write

from muniment import flows
from muniment.report.receipt import page
from muniment.schemas.erasure import Selector
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.needles import needles
from muniment.tasks.erasure.requests import plan_of, request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.review.decide import decide

TEXT = "Ottokar lists eleven quarries and the names of their guards, in violet ink, until the old bridge is mended again. " * 3


@pytest.mark.slow
def test_what_somebody_left_in_a_root_is_found_and_when_it_is_gone_the_erasure_is_proven(
    uri: str, corpus: Path, register: Callable[..., Source]
) -> None:
    for number in range(3):
        write(corpus / f"page-{number}.md", prose(number))
    write(corpus / "ottokar-the-keeper-of-the-ledger.md", LICENCE + TEXT)
    register(corpus)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "fine", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    doc_id = explain(uri, "handbook:ottokar-the-keeper-of-the-ledger.md").doc_id
    left = _leave(Path(uri), doc_id)

    asked = request_erasure(uri, Selector(documents=(doc_id,)), "asked for", "dana")
    receipt = flows.erase(asked.id, root=uri)
    assert not receipt.proven
    found = {(Path(each.name).name, each.trace) for each in receipt.residue}
    assert found >= {("prefect.db", "text"), ("report.html", "text"), ("half-written", "id"), ("draft.json", "name")}, found
    told = page(receipt, asked, verify.authentic(receipt))
    assert "Not proven" in told and "Ottokar" not in told and "<script" not in told
    assert "Ottokar" not in receipt.model_dump_json()

    for path in left:
        path.unlink()
    again = verify.prove(uri, plan_of(open_root(uri), asked.id))
    assert again.proven, (again.checks, again.residue)
    assert again.withheld and again.bytes_written and again.checked["Parquet"]
    assert needles(open_root(uri), asked.id) is None
    assert "Proven" in page(again, asked, verify.authentic(again))
    assert not verify.prove(uri, plan_of(open_root(uri), asked.id), scope="touched").proven


def _leave(root: Path, doc_id: str) -> list[Path]:
    """Copies where our own code leaves none."""
    folders = ("prefect", "checks", ".incoming", "reviews")
    database, report, half, draft = (
        root / folder / name
        for folder, name in zip(folders, ("prefect.db", "report.html", "half-written", "draft.json"), strict=True)
    )
    for path in (database, report, half, draft):
        path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(database) as prefect:
        prefect.execute("CREATE TABLE log (message)")
        prefect.execute("INSERT INTO log VALUES (?)", [f"could not read {TEXT[:150]!r}"])
    report.write_text(f"<td>{TEXT}</td>")
    half.write_bytes(b"\0\1" + doc_id.encode())
    draft.write_text(json.dumps({"title": "ottokar-the-keeper-of-the-ledger.md"}))
    return [database, report, half, draft]
