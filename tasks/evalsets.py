"""Registered evaluation sets: kept apart, never promotable, and what every capture is screened against."""

from pathlib import Path

import polars as pl
import pyarrow as pa

from muniment.errors import InvalidRecord, NotFound
from muniment.schemas.canonical import digest as digest_of
from muniment.schemas.evalset import EVALSET, EvalSet
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.store.tables import read_records
from muniment.tasks.step import step


@step
def add_evalset(uri: str, name: str, path: Path, actor: str) -> EvalSet:
    """Register a set from JSON Lines or Parquet with `id`, `question`, `answer`; a changed set of that name replaces it."""
    root = open_root(uri)
    table = _items(name, read_records(path))
    stored = root.lake.write(table, EVALSET)
    evalset = EvalSet(id=name, items=stored)
    held, tag = root.refs.read(f"evalsets/{name}", EvalSet)
    if held != evalset:
        root.record(
            Draft(
                kind=EntryKind.EVALSET_ADDED,
                actor=actor,
                subjects=(f"evalset:{name}",),
                outputs=(f"object:{stored.digest}",),
                counts={"items": stored.rows},
            )
        )
        root.refs.move(f"evalsets/{name}", evalset, tag)
    return evalset


def registered(root: Root) -> list[EvalSet]:
    """All sets, by name."""
    held = (root.refs.read(name, EvalSet)[0] for name in root.refs.names("evalsets/"))
    return [each for each in held if each]


def items(root: Root) -> pa.Table:
    """The items of all sets: suite, item, question, answer."""
    return root.lake.read_all([each.items for each in registered(root)], EVALSET)


def digest(root: Root) -> str:
    """Changes whenever any set does."""
    return digest_of([each.items.digest for each in registered(root)])


def _items(name: str, records: pl.DataFrame) -> pa.Table:
    if not {"id", "question"} <= set(records.columns):
        raise InvalidRecord(
            "MISSING_COLUMN", "An evaluation set needs `id` and `question` (and may have `answer`).", "Rename the columns."
        )
    if not records.height:
        raise NotFound("The evaluation set is empty.", "Give a file with at least one item.")
    answer = pl.col("answer").cast(pl.String) if "answer" in records.columns else pl.lit("")
    return records.select(
        pl.lit(name).alias("suite"),
        pl.col("id").cast(pl.String).alias("item"),
        pl.col("question").cast(pl.String),
        answer.fill_null("").alias("answer"),
    ).to_arrow()
