"""Layers of a corpus: documents that can be left out of a use without touching the objects of the others."""

import pyarrow as pa
import pyarrow.compute as pc


def apart(documents: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows of `PROMOTED` as (base, share-alike), each in the order it had. A row is share-alike when its tags say so.

    The base is the same table, byte for byte once written, whether or not share-alike documents stood between its rows.
    """
    tags = documents["tags"].combine_chunks()
    hits = pc.equal(tags.flatten(), "SHAREALIKE")
    rows = pc.list_parent_indices(tags).filter(hits)
    marked = pc.is_in(pa.array(range(documents.num_rows), pa.int64()), value_set=rows.unique().cast(pa.int64()))
    return _fresh(documents, pc.invert(marked)), _fresh(documents, marked)


def _fresh(documents: pa.Table, wanted: pa.Array) -> pa.Table:
    """Rows in buffers of their own: their size, and with it the row groups, must not depend on the rows that were beside them."""
    kept = documents.filter(wanted)
    return pa.table([_plain(column.combine_chunks()) for column in kept.columns], schema=kept.schema)


def _plain(array: pa.Array) -> pa.Array:
    """The same values without a bitmap that marks no nulls, at any depth."""
    if array.null_count or not len(array):
        return array
    if pa.types.is_list(array.type):
        return pa.ListArray.from_arrays(array.offsets, _plain(array.flatten()), type=array.type)
    if pa.types.is_struct(array.type):
        return pa.StructArray.from_arrays([_plain(each) for each in array.flatten()], fields=list(array.type))
    return pa.Array.from_buffers(array.type, len(array), [None, *array.buffers()[1:]], offset=array.offset)
