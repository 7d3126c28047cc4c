"""`muniment eval licences`: is the licence of each document concluded as it was labelled?

Records are {"id", "text", "expected": [SPDX expressions], "kind"} or {"id", "declared", "expected": SPDX expression or null}. Whole HTML
pages go through the same extraction as in a capture. A document is scored by the set of licence identifiers in its conclusion. Pages may
add `headers`, `site` and `train`: see `muniment.evaluate.optouts`.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core import licences
from muniment.core.extraction import extract
from muniment.core.licences.expressions import keys_of
from muniment.core.normal_form import normalise
from muniment.errors import InvalidRecord
from muniment.evaluate import optouts
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.records import Labelled, documents, records
from muniment.evaluate.report import Options, Outcome, system, timed
from muniment.policies.licences import Tag, licence_tags
from muniment.store import reference

_WARM = """Copyright (c) 2001 nobody

SPDX-License-Identifier: MIT

This program is free software: you can redistribute it and modify it under the terms of the GNU General Public License as published by
the Free Software Foundation, either version 2 of the License, or at your option any later version. It is distributed in the hope that
it will be of use, but without any warranty; without even the implied warranty of merchantability or fitness for a particular purpose.

## License

Released under the [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/) licence.
"""
_PAGE = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
_OPEN = {Tag.COMMERCIAL_OK, Tag.REDISTRIBUTION_OK, Tag.ATTRIBUTION_REQUIRED}


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`exact`, `any`, `tags`, `open_error`, `false_alarms` and speed, over all documents and under `kind.<kind>`.

    `exact`, `any` and `tags` are shares of the documents that expect a licence, and `exact` also of those that expect none;
    `open_error` is the share of documents under a restricted licence that were concluded to be permissive; `false_alarms` counts
    documents that expect none and were given one; `train` is the share of documents with such a label whose opt-out is judged right.
    """
    rows = records(data, ["expected"])
    detector = licences.detector(licences.restore(reference.kept(licences.COMPILED, lambda: _compiled().arrays())))
    table = pa.concat_tables([document_of(row) for row in rows])
    table = table.set_column(0, "doc_id", documents([""] * len(rows))["doc_id"])
    evidence, speed = timed(detector, table, document_of({"id": "warm", "text": _WARM, "declared": "a licence that nobody knows"}))
    concluded = licences.conclude(table, evidence)
    judged = _judged(rows, concluded).with_columns(
        train=pl.Series(optouts.right(rows, table["notices"].to_pylist()), dtype=pl.Boolean)
    )
    metrics = _metrics(judged)
    for (kind,), part in judged.group_by("kind", maintain_order=True):
        metrics |= under(f"kind.{kind}", _metrics(part))
    opt_outs = [system(optouts.detector())] if any("train" in row for row in rows) else []
    return Outcome(metrics | speed, [system(detector), *opt_outs])


def _compiled() -> licences.Rules:
    return licences.compile_rules(reference.licence_texts())


def document_of(row: Labelled) -> pa.Table:
    """A labelled record as a table of one captured document: a page is extracted, all text is in its normal form."""
    text, notices, media_type = row.get("text") or "", None, "text/plain"
    if _PAGE.search(text, 0, 1000):
        try:
            page = extract(text.encode(), "text/html", str(row.get("id", "")))
            text, notices, media_type = page.text, page.notices, "text/html"
        except InvalidRecord:
            pass  # a page that is nothing but markup is read as it stands
    notices = "\n".join(filter(None, [notices, optouts.headers_of(row)])) or None
    columns = {"native_key": "document", "project": None, "media_type": media_type, "declared_licence": row.get("declared")}
    text = normalise(text)[0] if text.strip() else ""
    table = documents([text]).append_column("notices", pa.array([notices], pa.large_string()))
    for name, value in columns.items():
        table = table.append_column(name, pa.array([value], pa.string()))
    return table


def _judged(rows: Sequence[Labelled], concluded: pa.Table) -> pl.DataFrame:
    """One row a document: kind, `due` and `told` (is there a licence), exact, any, tags, restricted, opened."""
    expected = [_listed(row["expected"]) for row in rows]
    wanted = pa.table({"licence": pa.array([" AND ".join(f"({one})" for one in due) or None for due in expected], pa.string())})
    right, given = (licences.tags(table, licence_tags())["tags"].to_pylist() for table in (wanted, concluded))
    judged = []
    for row, due, licence, want, got in zip(rows, expected, concluded["licence"].to_pylist(), right, given, strict=True):
        keys, told = frozenset().union(*map(keys_of, due)), keys_of(licence or "")
        restricted = bool(due) and not set(want) <= _OPEN
        judged.append(
            {
                "kind": row.get("kind") or row["data"],
                "due": bool(keys),
                "told": bool(told),
                "exact": keys == told,
                "any": bool(keys & told),
                "tags": want == got,
                "restricted": restricted,
                "opened": restricted and set(got) <= _OPEN,
            }
        )
    return pl.DataFrame(judged)


def _metrics(judged: pl.DataFrame) -> Metrics:
    due, none = judged.filter("due"), judged.filter(~pl.col("due"))
    metrics = {"documents": count(judged.height), "exact": share(_column(judged, "exact"))}
    if due.height:
        metrics |= {"any": share(_column(due, "any")), "tags": share(_column(due, "tags"))}
    if judged["restricted"].any():
        metrics["open_error"] = share(_column(judged, "opened"), _column(judged, "restricted"))
    if none.height:
        metrics |= {"false_alarms": count(none.filter("told").height), "false_alarm_rate": share(_column(none, "told"))}
    if (labelled := judged.drop_nulls("train")).height:
        metrics["train"] = share(_column(labelled, "train"))
    return metrics


def _column(table: pl.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return table[name].cast(pl.Float64).to_numpy()


def _listed(expected: str | list[str] | None) -> list[str]:
    return [expected] if isinstance(expected, str) else expected or []
