"""One piece of evidence about a document's licence, before it becomes a row of `LICENCE`."""

from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.schemas.evidence import LICENCE

_COLUMNS = {
    "doc": pl.UInt32,
    "expression": pl.String,
    "kind": pl.String,
    "rule": pl.String,
    "confidence": pl.Float32,
    "start": pl.Int32,
    "end": pl.Int32,
    "role": pl.String,
    "scope": pl.String,
}


class Evidence(NamedTuple):
    """As `LICENCE`: an SPDX expression or None, what kind of statement by which rule, how sure, and where in the text."""

    expression: str | None
    kind: str
    rule: str
    confidence: float
    start: int | None = None
    end: int | None = None
    role: str = "grant"
    scope: str = "document"


def table(rows: list[tuple[int, Evidence]], frame: pl.DataFrame, detector: str, data: str) -> pa.Table:
    """Rows of `LICENCE`; `rows` name documents by the column `doc` of `frame`, which has their `doc_id`."""
    columns = {
        "doc": [doc for doc, _ in rows],
        **{name: [each[place] for _, each in rows] for place, name in enumerate(Evidence._fields)},
    }
    found = pl.DataFrame(columns, schema=_COLUMNS).unique()
    found = found.join(frame.select("doc", "doc_id"), on="doc").with_columns(detector=pl.lit(detector), data=pl.lit(data))
    return found.select(LICENCE.names).sort("doc_id", "start", "end", "kind", "expression", "rule").to_arrow().cast(LICENCE)
