"""Labelled data as the evaluation reads it: JSON Lines, plain or gzipped, or Parquet."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from muniment.errors import Corrupt, NotFound

Labelled = dict[str, Any]


def records(paths: Iterable[Path], required: Sequence[str] = ()) -> list[Labelled]:
    """All lines of all files in order, each with its file's stem under `data`.

    Raises `NotFound` for a missing file, `Corrupt` for a line that is not a JSON object or lacks a `required` field.
    """
    return [{**record, "data": stem(path)} for path in paths for record in _checked(path, required)]


def documents(texts: Iterable[str]) -> pa.Table:
    """Table (doc_id, text) for a detector, one row a text; ids are ordinals of nine digits, so that they sort in input order."""
    column = pa.array(texts, pa.large_string())
    return pa.table({"doc_id": pa.array([f"{ordinal:09d}" for ordinal in range(len(column))], pa.string()), "text": column})


def stem(path: Path) -> str:
    """The file's name up to its first dot: `synth` of `synth.jsonl.gz`."""
    return path.name.split(".")[0]


def _checked(path: Path, required: Sequence[str]) -> Iterator[Labelled]:
    for number, record in enumerate(_rows(path), start=1):
        missing = [name for name in required if not isinstance(record, dict) or name not in record]
        if missing or not isinstance(record, dict):
            raise Corrupt(f"Record {number} of {path.name} lacks {', '.join(missing) or 'fields'}.", "See `muniment eval --help`.")
        yield record


def _rows(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise NotFound(f"There is no data file {path}.", "Give JSON Lines (.jsonl, .jsonl.gz) or Parquet.")
    if path.suffix == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
        return
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _parsed(line, path, number)


def _parsed(line: str, path: Path, number: int) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise Corrupt(f"Line {number} of {path.name} is not JSON.", "Write one JSON object a line.") from None
