"""Judging by people: worksheets of passages that nobody graded, and the grades back."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from muniment.core.relevance import document_of
from muniment.errors import InvalidRecord, NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.query import QuerySet
from muniment.schemas.relevance import ANSWERED, GRADED, Grades, Unjudged
from muniment.store.root import Root, open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.access.readable import readable
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.show import require_cleared
from muniment.tasks.queries.stored import stored_queries, version
from muniment.tasks.relevance.audit import audits
from muniment.tasks.relevance.grades import FOLDER, graded
from muniment.tasks.relevance.places import spans_of
from muniment.tasks.search.give import Cited, give
from muniment.tasks.search.open import open_index
from muniment.tasks.step import run_id, step

HIGHEST = 3
_COLUMNS = tuple(Unjudged.model_fields)


def worksheet(uri: str, queries: str, judge: str, ref: str = "production", depth: int = 10) -> list[Unjudged]:
    """Passages that audits of a set were given in the first `depth` ranks, pooled, which this judge has not graded and may read; texts are
    as they see them. The ledger keeps who was shown them. Raises `Forbidden` for who is not cleared for all that is restricted."""
    root = open_root(uri)
    held, asking = version(root, queries), principal(root, judge)
    require_cleared(asking)
    opened = open_index(root, index_of(root, ref))
    places = {name: place for place, name in enumerate(opened.papers["chunk_id"].to_pylist())}
    mask, texts = readable(root, opened, asking, ref), {each.id: each.text for each in stored_queries(root, held.id)}
    pairs = [
        (query, citation)
        for query, citation in _pool(root, held, judge, depth)
        if query in texts and citation in places and mask[places[citation]]
    ]
    _record(root, EntryKind.QUERIES_SHOWN, held, judge, {"queries": len({query for query, _ in pairs}), "passages": len(pairs)})
    return [_line_of(query, texts[query], give(root, citation, asking, ref)) for query, citation in pairs]


@step
def take_grades(uri: str, queries: str, lines: Sequence[Unjudged], judge: str, ref: str = "production") -> int:
    """Write down the grades of a worksheet as this judge's; gives how many there were. Lines without one are left out. Raises `NotFound`
    when there is none, `InvalidRecord` for a passage that the index does not hold (any more)."""
    root = open_root(uri)
    held = version(root, queries)
    require_cleared(principal(root, judge))
    given = [each for each in lines if each.grade is not None]
    if not given:
        raise NotFound("No line has a grade.", f"Fill in `grade` with 0 to {HIGHEST}.")
    at, known = datetime.now(UTC), {each.id for each in stored_queries(root, held.id)}
    spans = spans_of(root, open_index(root, index_of(root, ref)), {document_of(each.citation) for each in given})
    if unknown := [each for each in given if each.citation not in spans or each.query_id not in known]:
        raise InvalidRecord("GRADE", f"{len(unknown)} lines are about no kept query or passage.", "Write a new worksheet.")
    rows = [_row(each, spans[each.citation], judge, at) for each in sorted(given, key=lambda each: (each.query_id, each.citation))]
    stored = root.lake.write(pa.Table.from_pylist(rows, GRADED), GRADED)
    made = Grades(id=digest([held.name, judge, stored.digest])[:20], queries=held.name, judge=judge, at=at, rows=stored)
    _record(root, EntryKind.RELEVANCE_JUDGED, held, judge, {"passages": len(rows)})
    root.manifests.put(FOLDER, made)
    return len(rows)


def write_sheet(path: Path, lines: Iterable[Unjudged]) -> None:
    """A worksheet as tab-separated text, or JSON Lines where the name ends so. It holds queries and passages: keep it as they are kept."""
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".jsonl":
            out.writelines(each.model_dump_json() + "\n" for each in lines)
            return
        sheet = csv.DictWriter(out, _COLUMNS, dialect="excel-tab")
        sheet.writeheader()
        sheet.writerows(each.model_dump() for each in lines)


def read_sheet(path: Path) -> list[Unjudged]:
    """A worksheet back; raises `NotFound` and `InvalidRecord`, which never quote it."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Write one first: `muniment relevance judge NAME --out sheet.tsv`.")
    with path.open(encoding="utf-8", newline="") as lines:
        rows: Iterable[Any] = map(json.loads, lines) if path.suffix == ".jsonl" else csv.DictReader(lines, dialect="excel-tab")
        try:
            return [_line(row, number) for number, row in enumerate(rows, 2)]
        except (ValueError, csv.Error):
            raise InvalidRecord("SHEET", f"{path.name} is no worksheet.", "Change nothing but the grades.") from None


def _line_of(query: str, text: str, cited: Cited) -> Unjudged:
    return Unjudged(query_id=query, citation=cited.citation, query=text, title=cited.title, passage=cited.text)


def _line(row: dict[str, Any], number: int) -> Unjudged:
    try:
        line = Unjudged.model_validate({**row, "grade": row.get("grade") if row.get("grade") != "" else None})
    except (ValidationError, TypeError):
        line = None
    if line is None or (line.grade is not None and not 0 <= line.grade <= HIGHEST):
        raise InvalidRecord("GRADE", f"Line {number} has no grade from 0 to {HIGHEST}.", "Correct it, or leave it empty.")
    return line


def _pool(root: Root, held: QuerySet, judge: str, depth: int) -> list[tuple[str, str]]:
    """Query and citation of what all kept audits of the set were given, without what this judge graded."""
    done = {(row["query_id"], row["chunk_id"]) for row in graded(root, held.name).filter(judge=judge).iter_rows(named=True)}
    pool = {
        (row["query_id"], row["chunk_id"])
        for audit in audits(root, held.name)
        for row in root.lake.read(audit.answered, ANSWERED, ["query_id", "chunk_id", "rank"]).to_pylist()
        if row["rank"] <= depth
    }
    return sorted(pool - done)


def _row(line: Unjudged, span: tuple[int, int], judge: str, at: datetime) -> dict[str, Any]:
    return {
        "query_id": line.query_id,
        "doc_id": document_of(line.citation),
        "chunk_id": line.citation,
        "start": span[0],
        "end": span[1],
        "grade": line.grade,
        "judge": judge,
        "at": at,
    }


def _record(root: Root, kind: EntryKind, held: QuerySet, judge: str, counts: dict[str, int]) -> None:
    root.record(Draft(kind=kind, actor=judge, run=run_id(), subjects=(f"queries:{held.id}",), counts=counts))
