"""Items from a file."""

from pathlib import Path

import polars as pl

from muniment.errors import InvalidRecord, NotFound
from muniment.schemas.evalset import ItemKind
from muniment.store.tables import read_records

_KINDS = [str(kind) for kind in ItemKind]


def read_items(name: str, path: Path) -> pl.DataFrame:
    """suite, item, kind, question, answer of JSON Lines, CSV or Parquet with `id` and `question`, `answer` or `text`, and maybe `kind`.

    `text` is an answer's text for the kind `answer`, and the question's for all others. Sorted by item. Raises `NotFound` and
    `InvalidRecord`, which never quote an item.
    """
    records = read_records(path)
    if "id" not in records.columns or not {"question", "answer", "text"} & set(records.columns):
        raise InvalidRecord(
            "MISSING_COLUMN", "An evaluation set needs `id`, and `question`, `answer` or `text`.", "Rename the columns."
        )
    if not records.height:
        raise NotFound("The evaluation set is empty.", "Give a file with at least one item.")
    kind = _column(records, "kind").str.strip_chars().str.to_lowercase()
    rows = records.select(
        pl.lit(name).alias("suite"),
        _column(records, "id").str.strip_chars().alias("item"),
        pl.when(kind == "").then(pl.lit("question")).otherwise(kind).alias("kind"),
        question=_column(records, "question"),
        answer=_column(records, "answer"),
        text=_column(records, "text"),
    )
    _check(rows)
    return _placed(rows).sort("item")


def _column(records: pl.DataFrame, name: str) -> pl.Expr:
    given = pl.col(name).cast(pl.String) if name in records.columns else pl.lit(None, pl.String)
    return given.fill_null("")


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """`text` goes where its kind is screened for, unless that is there already."""
    alone = pl.col("kind") == ItemKind.ANSWER
    question, answer, text = pl.col("question"), pl.col("answer"), pl.col("text")
    placed = rows.with_columns(
        question=pl.when(~alone & (question == "")).then(text).otherwise(question),
        answer=pl.when(alone & (answer == "")).then(pl.when(text == "").then(question).otherwise(text)).otherwise(answer),
    )
    return placed.with_columns(question=pl.when(alone).then(pl.lit("")).otherwise(pl.col("question"))).drop("text")


def _check(rows: pl.DataFrame) -> None:
    if wrong := rows.filter(~pl.col("kind").is_in(_KINDS)).height:
        raise InvalidRecord("KIND", f"{wrong} items are of an unknown kind.", f"The kinds are: {', '.join(_KINDS)}.")
    if blank := rows.filter(pl.col("item") == "").height:
        raise InvalidRecord("ID", f"{blank} items have no id.", "Give each item an id of its own.")
    if twice := rows.height - rows["item"].n_unique():
        raise InvalidRecord("ID", f"{twice} items have the id of another one.", "Give each item an id of its own.")
    written = pl.concat_str("question", "answer", "text").str.strip_chars()
    if silent := rows.filter(written == "").height:
        raise InvalidRecord("EMPTY", f"{silent} items have no text.", "Fill in `question`, `answer` or `text`, or leave them out.")
