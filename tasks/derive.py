"""Objects made from others by leaving rows out, with the evidence about them carried over instead of gathered again."""

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.document import DOCUMENT
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.detectors import SCHEMAS, step_name


class Finished(Record):
    """One object as the remembered result of a step."""

    output: Stored


def without(table: pa.Table, doc_ids: pa.Array) -> pa.Table:
    """The rows of a table that are not about these documents."""
    return table.filter(pc.invert(pc.is_in(table["doc_id"], value_set=doc_ids)))


def holds(root: Root, stored: Stored, schema: pa.Schema, doc_ids: pa.Array) -> bool:
    """Whether an object has a row about any of these documents."""
    return bool(pc.any(pc.is_in(root.lake.read(stored, schema, ["doc_id"])["doc_id"], value_set=doc_ids)).as_py())


def shrink(root: Root, stored: Stored, schema: pa.Schema, doc_ids: pa.Array) -> Stored | None:
    """The object without these documents: itself when it holds none of them, None when nothing is left."""
    if not holds(root, stored, schema, doc_ids):
        return stored
    kept = without(root.lake.read(stored, schema), doc_ids)
    return root.lake.write(kept, schema) if kept.num_rows else None


def shrink_shard(root: Root, shard: Stored, doc_ids: pa.Array) -> Stored | None:
    """A shard of documents without some of them; what detectors found about the others holds for the new shard too."""
    kept = shrink(root, shard, DOCUMENT, doc_ids)
    if kept is None or kept == shard:
        return kept
    for name, schema in SCHEMAS.items():
        for detector in _configurations(root, name):
            if found := root.work.recall(detector, shard.digest, Finished):
                evidence = without(root.lake.read(found.output, schema), doc_ids)
                root.work.keep(detector, kept.digest, Finished(output=root.lake.write(evidence, schema)))
    return kept


def _configurations(root: Root, name: str) -> list[str]:
    """Steps under which any configuration of a detector keeps its work."""
    prefix = f"work/{step_name(name)}/"
    return sorted({key.removeprefix("work/").rpartition("/")[0] for key in root.objects.list(prefix)})


def frame(table: pa.Table) -> pl.DataFrame:
    """An Arrow table as a Polars frame, without a copy."""
    made = pl.from_arrow(table)
    assert isinstance(made, pl.DataFrame)
    return made


def counted(table: pa.Table, column: str) -> dict[str, int]:
    """How many rows have each value of a column of strings, or of lists of strings."""
    values = frame(table.select([column]))
    values = values.explode(column) if isinstance(values.schema[column], pl.List) else values
    return {row[column]: row["len"] for row in values.drop_nulls().group_by(column).len().to_dicts()}
