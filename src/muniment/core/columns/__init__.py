"""Likely personal columns of structured records: by name, by type, and by what the detector of personal data finds in a sample.

What comes out says how likely each column holds personal data and why; no value leaves. Quasi-identifiers follow Sweeney,
"Simple Demographics Often Identify People Uniquely" (2000).
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl
import pyarrow as pa

from muniment.core.columns.leaves import Leaf, leaves, merged
from muniment.core.columns.names import Said, said, words
from muniment.core.columns.scores import Weighed, together, weighed
from muniment.core.columns.values import NOTHING, held
from muniment.core.detector import Detector
from muniment.policies.columns import Lexicon
from muniment.schemas.evidence import COLUMN

__all__ = ["LIMIT", "VERSION", "profile"]

VERSION = "1"
LIMIT = 400  # columns; objects that are used as dictionaries have any number
_NAME = 120  # code points of a name that are kept
Uses = Mapping[str, Sequence[str]]


def profile(pieces: Iterable[tuple[pa.Table, Uses]], detector: Detector, lexicon: Lexicon, source_id: str = "") -> pa.Table:
    """A table of schema COLUMN, a row a column, in the order of the first table.

    pieces: a table of sampled rows, with any columns, and what the source makes of them (column, or its top-level name → text, title, …).
    detector: of personal data, FINDING over (doc_id, text). More than 400 columns are not looked at; the last row says how many.
    """
    found = merged(_used(leaf, uses) for table, uses in pieces for leaf in leaves(table))
    looked = dict(list(found.items())[:LIMIT])
    values = {name: leaf.series() for name, leaf in looked.items()}
    forms = {name: leaf.form(values[name]) for name, leaf in looked.items()}
    names = {name: said(name, lexicon) for name in looked}
    readable = {
        name: each
        for name, each in values.items()
        if forms[name] in ("text", "integer", "date", "number") and _is_text(looked[name])
    }
    contexts = {name: _context(name, names[name]) for name in looked}
    own = {name: each.reading.type for name, each in names.items() if each and each.score}
    evidence = held(readable, contexts, own, lexicon.passed, detector)
    columns = [
        weighed(name, names[name], forms[name], values[name], evidence.get(name, NOTHING), lexicon.passed) for name in looked
    ]
    masked = _masked(list(looked), lexicon.passed, detector)
    rows = [_row(each, looked[each.name], values[each.name], masked.get(each.name)) for each in together(columns, lexicon)]
    if left := len(found) - len(looked):
        rows.append(
            {
                "column": f"and {left:,} more",
                "arrow_type": "",
                "uses": [],
                "looked_at": 0,
                "distinct": 0,
                "share": 0,
                "name_score": 0,
                "score": 0,
                "why": f"Only the first {LIMIT} columns are looked at.",
            }
        )
    label = f"columns@{VERSION}"
    return pa.Table.from_pylist(_united([{**row, "source_id": source_id, "detector": label} for row in rows]), COLUMN)


def _used(leaf: Leaf, uses: Uses) -> Leaf:
    leaf.uses |= set(uses.get(leaf.name) or uses.get(leaf.name.partition(".")[0]) or ())
    return leaf


def _is_text(leaf: Leaf) -> bool:
    """Whether values are looked at by the detector: strings and whole numbers are, columns of dates are what they are."""
    return not leaf.forms & {"date", "flag", "other", "number"}


def _context(name: str, found: Said | None) -> str:
    """The words of a name, which speak for a value after them, unless they speak about something else."""
    return "" if found and found.about else words(name)


def _masked(names: list[str], passed: Sequence[str], detector: Detector) -> dict[str, tuple[str, str]]:
    """Names in which something personal was found, with that replaced, and its type: keys of objects can be values."""
    table = pa.table(
        {"doc_id": pa.array([f"{at:08}" for at in range(len(names))], pa.string()), "text": pa.array(names, pa.large_string())}
    )
    found = pl.DataFrame(pl.from_arrow(detector.detect(table))).filter(~pl.col("type").is_in(list(passed)))
    masked: dict[str, tuple[str, str]] = {}
    for row in found.sort("doc_id", "start", descending=[False, True]).iter_rows(named=True):
        name = names[int(row["doc_id"])]
        text = masked.get(name, (name, ""))[0]
        masked[name] = (f"{text[: row['start']]}[{row['type']}]{text[row['end'] :]}", row["type"])
    return masked


def _row(column: Weighed, leaf: Leaf, values: pl.Series, masked: tuple[str, str] | None) -> dict[str, object]:
    name, kind = masked or (column.name, "")
    score, why = (
        (max(column.score, 0.95), ("the name itself is personal data", *column.why)) if masked else (column.score, column.why)
    )
    sentence = "; ".join(why) or "nothing speaks for personal data"
    return {
        "column": name[:_NAME],
        "arrow_type": " or ".join(sorted(leaf.types)),
        "uses": sorted(leaf.uses),
        "looked_at": len(values),
        "distinct": values.n_unique(),
        "type": kind or column.type or None,
        "share": column.share,
        "name_score": column.name_score,
        "quasi": column.quasi or None,
        "score": min(score, 1.0),
        "why": f"{sentence[0].upper()}{sentence[1:]}.",
    }


def _united(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row a name: names that differed only in what was replaced are one column, the most likely of them."""
    best: dict[object, dict[str, object]] = {}
    for row in rows:
        kept = best.setdefault(row["column"], row)
        if row["score"] > kept["score"]:  # type: ignore[operator]
            best[row["column"]] = row
    return list(best.values())
