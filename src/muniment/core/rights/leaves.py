"""Documents as the leaves of a proof: one line of canonical JSON each, made a column at a time."""

import polars as pl

from muniment.errors import Corrupt
from muniment.schemas.canonical import canonical_json

# Keys of a leaf, in the order of canonical JSON. Two of them differ in every row: the others come in few combinations.
KEYS = ("chosen", "classification", "doc_id", "layer", "licence", "reserved", "source", "tags", "text_hash")
_FEW = [key for key in KEYS if key not in ("doc_id", "text_hash")]
_HOLE = "0"


def lines(rows: pl.DataFrame) -> pl.Series:
    """The canonical JSON of each row (columns `KEYS`), as text; raises `Corrupt` for an id or hash that is not hexadecimal."""
    for name in ("doc_id", "text_hash"):
        if not rows[name].str.contains(r"^[0-9a-f]+$").all():
            raise Corrupt(f"A promoted document has a {name} that is not hexadecimal.", "Restore the object from a backup.")
    keyed = rows.with_columns(pl.col("reserved", "tags").list.join(",").name.suffix("_key"))
    by = [*(name for name in _FEW if name not in ("reserved", "tags")), "reserved_key", "tags_key"]
    few = keyed.select(*_FEW, "reserved_key", "tags_key").unique(subset=by)
    around = [_around(row) for row in few.select(_FEW).iter_rows(named=True)]
    few = few.select(by).with_columns(
        pl.Series("before", [each[0] for each in around], dtype=pl.String),
        pl.Series("between", [each[1] for each in around], dtype=pl.String),
    )
    told = keyed.join(few, on=by, how="left", nulls_equal=True, maintain_order="left")
    return told.select(pl.concat_str("before", "doc_id", "between", "text_hash", pl.lit('"}')).alias("line"))["line"]


def _around(row: dict[str, object]) -> tuple[str, str]:
    """What stands before the id, and between it and the hash at the end."""
    whole = canonical_json({**row, "doc_id": _HOLE, "text_hash": _HOLE}).decode()
    before, mark, rest = whole.rpartition(f'"doc_id":"{_HOLE}')
    return before + mark.removesuffix(_HOLE), rest.removesuffix(f'{_HOLE}"}}')
