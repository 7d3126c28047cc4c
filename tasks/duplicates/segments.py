"""Rows of the band index in segments: written, opened, copied out and merged."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from muniment.core.twins import standing
from muniment.core.twins.kernel import Array
from muniment.core.twins.sketch import sketches
from muniment.schemas.evidence import SIGNATURE, SUBJECT
from muniment.schemas.signatures import Held
from muniment.store.root import Root
from muniment.store.segments import Segment, Segments

_ROWS = 1 << 16  # of a segment, about: what is mapped at once, and what an erasure rewrites
_TAKEN = 1024  # rows that are copied at once
_SMALL = 8  # segments of less than half of that, from which on they are merged
KEY = ["doc_id", "ngram"]
FACTS = [*KEY, "tokens", "sequence", "shape", "numbers", "raw"]
TRAITS = ["source_id", "media_type", "language", "project", "path", "vendored", "licence", "modified"]
SAME = [*KEY, "sequence", *TRAITS]  # a row stays while all of these do
ROW = pa.schema([SIGNATURE.field(name) for name in (*FACTS, "sketch")] + [SUBJECT.field(name) for name in (*TRAITS, "quality")])


def write_segments(root: Root, tables: Iterable[tuple[pa.Table, Array]]) -> list[Held]:
    """Segments of the living rows of tables, of at most `_ROWS` each."""
    made, waiting, count = [], list[tuple[pa.Table, Array]](), 0
    for table, rows in tables:
        alive = np.flatnonzero(rows >= 0)
        waiting.append((table.select(ROW.names).take(pa.array(alive)), rows[alive]))
        count += len(alive)
        if count >= _ROWS:
            made.append(_segment(root, waiting))
            waiting, count = [], 0
    return [*made, _segment(root, waiting)] if count else made


def open_rows(root: Root, held: Held) -> tuple[Segment, Array]:
    """A segment, and the place of each of its rows' home."""
    segments = Segments(root.objects)
    return segments.open(held.segment), segments.open(held.rows).array("home")


def taken(segment: Segment, rows: Array) -> pa.Table:
    """Rows of a segment, some at a time: what was mapped for them is let go of in between."""
    tables, source = [ROW.empty_table()], segment.table.select(ROW.names)
    for first in range(0, len(rows), _TAKEN):
        tables.append(source.take(pa.array(rows[first : first + _TAKEN])).cast(ROW))
        segment.release()
    return pa.concat_tables(tables)


def columns(segment: Segment) -> dict[str, Array]:
    """Keys, rows and sketches of a segment as `standing.partners` takes them."""
    banded = {name: segment.array(name) for name in segment.table.column_names if name.startswith(("keys", "rows"))}
    return banded | {"sketch": segment.array("sketch").view("<u2")}


def with_rows(root: Root, held: Held, rows: Array) -> Held:
    """The segment with other homes of its rows."""
    stored = Segments(root.objects).write(pa.table({"home": rows.astype(np.int32)}))
    return held.model_copy(update={"rows": stored, "alive": int((rows >= 0).sum())})


def merged(root: Root, segments: list[Held]) -> list[Held]:
    """Small segments, and those half of whose rows are tombstones, as few when there are many of them."""
    small = [each for each in segments if each.alive < _ROWS // 2]
    hollow = [each for each in segments if 2 * each.alive < each.segment.rows]
    if len(small) < _SMALL and not hollow:
        return segments
    again = small if len(small) >= _SMALL else hollow
    opened = ((table.table, rows) for table, rows in (open_rows(root, each) for each in again))
    return [each for each in segments if each not in again] + write_segments(root, opened)


def _segment(root: Root, waiting: list[tuple[pa.Table, Array]]) -> Held:
    table = pa.concat_tables([each.cast(ROW, safe=False) if each.schema != ROW else each for each, _ in waiting]).combine_chunks()
    rows = np.concatenate([rows for _, rows in waiting]).astype(np.int32)
    made = sketches(table)
    packed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(2 * made.shape[1]), len(made), [None, pa.py_buffer(made.astype("<u2"))])
    columns = {name: table[name] for name in ROW.names if name != "sketch"} | {"sketch": packed} | standing.banded(made)
    segments = Segments(root.objects)
    stored = segments.write(pa.table(columns))
    return Held(segment=stored, rows=segments.write(pa.table({"home": rows})), alive=len(rows))
