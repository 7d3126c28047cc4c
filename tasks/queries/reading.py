"""Queries and what answers them from a file or a folder."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from muniment.errors import InvalidRecord, NotFound
from muniment.schemas.query import Answering, Asked

_QRELS = ("qrels.tsv", "qrels_test.tsv", "qrels/test.tsv")


def read_queries(path: Path, source: str = "") -> list[Asked]:
    """Queries of JSON Lines (a line is an `Asked`), or of a BEIR folder: `queries.jsonl` with `_id` and `text`, and `qrels.tsv` with
    query-id, corpus-id, score and perhaps answer_start and answer_end. There, documents are native keys of `source`, or `source:key`.

    Raises `NotFound` and `InvalidRecord`, which never quote a query.
    """
    found = list(_folder(path, source) if path.is_dir() else (_asked(line, path, number) for line, number in _lines(path)))
    if not found:
        raise NotFound(f"{path.name} holds no query.", "Give at least one line with a text.")
    ids = [each.id for each in found if each.id]
    if twice := len(ids) - len(set(ids)):
        raise InvalidRecord("ID", f"{twice} queries have the id of another one.", "Give each query an id of its own.")
    return found


def _folder(folder: Path, source: str) -> Iterator[Asked]:
    """Queries with a judgement; the others of a collection are those of another split."""
    judged = _judged(folder, source)
    for line, number in _lines(folder / "queries.jsonl"):
        relevant = [*judged.get(str(line.get("_id")), ()), *_answer(line, source)]
        if relevant:
            yield _asked({"id": str(line.get("_id")), "text": line.get("text"), "relevant": relevant}, folder, number)


def _answer(line: dict[str, Any], source: str) -> Iterator[Answering]:
    """The answer that stands in the line of its query, as some collections have it."""
    if "doc_id" in line and "answer_start" in line:
        yield Answering(document=_named(str(line["doc_id"]), source), start=line["answer_start"], end=line["answer_end"])


def _judged(folder: Path, source: str) -> dict[str, list[Answering]]:
    path = next((folder / name for name in _QRELS if (folder / name).is_file()), None)
    judged: dict[str, list[Answering]] = {}
    if path is None:
        return judged
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
            try:
                if float(row["score"]) > 0:
                    judged.setdefault(row["query-id"], []).append(_qrel(row, source))
            except (KeyError, TypeError, ValueError):
                raise InvalidRecord(
                    "QREL",
                    f"Line {number} of {path.name} is no judgement.",
                    "Give query-id, corpus-id and score, tab-separated, with a header.",
                ) from None
    return judged


def _qrel(row: dict[str, str], source: str) -> Answering:
    span = [int(row[name]) if row.get(name) else None for name in ("answer_start", "answer_end")]
    return Answering(document=_named(row["corpus-id"], source), gain=float(row["score"]), start=span[0], end=span[1])


def _named(document: str, source: str) -> str:
    return f"{source}:{document}" if source else document


def _asked(line: Any, path: Path, number: int) -> Asked:
    try:
        return Asked.model_validate(line)
    except ValidationError as error:
        wrong = sorted({".".join(str(part) for part in each["loc"] if not isinstance(part, int)) for each in error.errors()})
        raise InvalidRecord(
            "QUERY",
            f"Line {number} of {path.name} is no query: {', '.join(filter(None, wrong)) or 'its fields'}.",
            "Each line is an object with text, and maybe id, user, relevant, language and slices.",
        ) from None


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Give JSON Lines, or a folder with queries.jsonl and qrels.tsv.")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _object(line, path, number), number


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise InvalidRecord("JSON", f"Line {number} of {path.name} is no JSON object.", "Write one JSON object a line.")
    return parsed
