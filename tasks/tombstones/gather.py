"""All tombstones in few segments, each sorted: a capture looks into these and not into one file a request.

A projection: brought up to date before it is used, and made again when it is lost. Segments of similar size are merged, so that a
tombstone is rewritten a logarithmic number of times (Bentley and Saxe 1980).
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from muniment.core.resemblance import bands, marks
from muniment.core.twins.bands import BANDS
from muniment.core.twins.kernel import Array
from muniment.errors import StaleRef
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import Gathered, Yard
from muniment.store.root import Root
from muniment.store.segments import Segments
from muniment.tasks.tombstones import records

REF = "tombstones/gathered"
_GROWTH = 4  # a segment this many times as large as the next one is left as it is
_TRIES = 5


def gathered(root: Root, laid: frozenset[str]) -> str:
    """Gather these tombstones, and give the tag of the ref that names where they are; raises `StaleRef` when others keep changing them."""
    for _ in range(_TRIES):
        held, tag = root.refs.read(REF, Gathered)
        held = held or Gathered()
        known = {each.id for yard in held.yards for each in yard.tombstones}
        if known == laid:
            return tag
        try:
            root.refs.move(REF, _with(root, held, laid), tag)
        except StaleRef:
            continue
        _sweep(root)
    raise StaleRef("The tombstones are being gathered by others.", "Run it again.")


def forget(root: Root) -> None:
    """Let go of what was gathered: the next use makes it again from each request's own."""
    _, tag = root.refs.read(REF, Gathered)
    root.refs.move(REF, Gathered(), tag)


def columns(root: Root, yard: Yard, stored: Stored) -> dict[str, Array]:
    """Columns of one of a yard's segments as arrays over its file: that of its only tombstone, or one that was gathered."""
    store = records.columns_of(root) if len(yard.tombstones) == 1 else _store(root)
    segment = store.open(stored)
    return {name: segment.array(name) for name in segment.table.column_names} if stored.rows else _empty(segment.table)


def _empty(table: pa.Table) -> dict[str, Array]:
    return {name: np.empty(0, table.schema.field(name).type.to_pandas_dtype()) for name in table.column_names}


def _with(root: Root, held: Gathered, laid: frozenset[str]) -> Gathered:
    """With what is new; segments that name a tombstone which is not kept any more are made again from the others."""
    yards = [each for each in held.yards if {one.id for one in each.tombstones} <= laid]
    known = {each.id for yard in yards for each in yard.tombstones}
    for name in sorted(laid - known):
        made = records.read(root, name)
        yards.append(Yard(tombstones=(made,), marks=made.marks, bands=made.bands))
    yards.sort(key=lambda yard: -yard.rows)
    groups: list[list[Yard]] = []
    for yard in yards:
        groups.append([yard])
        while len(groups) > 1 and _rows(groups[-2]) < _GROWTH * _rows(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    return Gathered(yards=tuple(_merged(root, group) for group in groups))


def _rows(group: Sequence[Yard]) -> int:
    return sum(yard.rows for yard in group)


def _merged(root: Root, group: Sequence[Yard]) -> Yard:
    if len(group) == 1:
        return group[0]
    store, starts = _store(root), np.cumsum([0, *(len(yard.tombstones) for yard in group)]).astype(np.uint32)
    merged = marks.merged(_moved(columns(root, yard, yard.marks), start) for yard, start in zip(group, starts, strict=False))
    banded = [
        (columns(root, yard, yard.bands), start)
        for yard, start in zip(group, starts, strict=False)
        if yard.bands and yard.bands.rows
    ]
    hashes = np.concatenate([np.empty((0, BANDS), np.uint32), *(bands.unsorted(each) for each, _ in banded)])
    requests = np.concatenate([np.empty(0, np.uint32), *(each["request"] + start for each, start in banded)])
    return Yard(
        tombstones=tuple(each for yard in group for each in yard.tombstones),
        marks=store.write(pa.table(merged)),
        bands=store.write(pa.table(bands.sorted_bands(hashes, requests))) if len(hashes) else None,
    )


def _moved(held: dict[str, Array], start: np.uint32) -> dict[str, Array]:
    return {**held, "request": held["request"] + start}


def _sweep(root: Root) -> None:
    """Remove gathered segments that nothing names any more; who has one open keeps reading it."""
    yards = (root.refs.read(REF, Gathered)[0] or Gathered()).yards
    named = {stored.digest for yard in yards for stored in (yard.marks, yard.bands) if stored}
    store = _store(root)
    for digest in set(store.names()) - named:
        store.remove(digest)


def _store(root: Root) -> Segments:
    return Segments(root.objects, "tombstones/gathered/", "It is made again: run the command again.")
