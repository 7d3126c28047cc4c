"""Layouts of an index: what is kept apart, so that a query opens only the files of what its principal can see at all."""

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa

from muniment.core.access import Access, coded
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import CHUNK, vectors
from muniment.schemas.index import Index, Layout
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification, Record
from muniment.store.root import Root, open_root
from muniment.tasks.access.changes import Changed, changed
from muniment.tasks.access.readable import NEEDS, laid_over
from muniment.tasks.index.embed import Made, Passages
from muniment.tasks.step import step

_LEVELS = [level.value for level in Classification]


class _Split(Record):
    """Objects that one was split into."""

    made: tuple[Made, ...]


@step
def lay_out(uri: str, passages: Passages, layout: Layout) -> Passages:
    """Passages in objects of one partition each, by who may read them now; an object that lies in one already stays as it is."""
    if layout is Layout.SHARED:
        return passages
    root = open_root(uri)
    dimension = root.encoders.open(passages.encoder).dimension
    changes = changed(root)
    made = tuple(part for each in passages.made for part in _parted(root, each, layout, dimension, changes))
    return passages.model_copy(update={"made": made, "layout": layout})


def visible(index: Index, asking: Principal) -> Index:
    """The index with those segments only that this principal can see anything of. A partition that is unknown is nobody's."""
    if index.layout is Layout.SHARED:
        return index
    if index.layout is Layout.TENANT:
        return only(index, {asking.tenant})
    return only(index, _LEVELS[: _LEVELS.index(asking.clearance.value) + 1])


def only(index: Index, partitions: Collection[str]) -> Index:
    """The index with the segments of these partitions."""
    kept = tuple(each for each in index.segments if each.partition in partitions)
    return index.model_copy(update={"segments": kept, "count": sum(each.chunks.rows for each in kept)})


def _parted(root: Root, made: Made, layout: Layout, dimension: int, changes: Changed) -> Iterator[Made]:
    papers = root.lake.read(made.chunks, CHUNK, NEEDS)
    rows = laid_over(coded(papers), papers, changes)
    names = np.array([_partition(each, layout) for each in rows.distinct], object)[rows.codes]
    distinct = sorted(set(names))
    if len(distinct) == 1:
        yield made.model_copy(update={"partition": distinct[0]})
        return
    key = digest([made.chunks.digest, made.vectors.digest, layout, list(names)])
    recalled = root.work.recall("layout", key, _Split)
    if recalled is None or not all(root.lake.exists(each) for part in recalled.made for each in (part.chunks, part.vectors)):
        recalled = _Split(made=tuple(_part(root, made, name, names == name, dimension) for name in distinct))
        root.work.keep("layout", key, recalled)
    yield from (each.model_copy(update={"of": made.of}) for each in recalled.made)


def _part(root: Root, made: Made, name: str, mine: np.ndarray, dimension: int) -> Made:
    rows, schema = pa.array(mine), vectors(dimension)
    return Made(
        chunks=root.lake.write(root.lake.read(made.chunks, CHUNK).filter(rows), CHUNK),
        vectors=root.lake.write(root.lake.read(made.vectors, schema).filter(rows), schema),
        of=made.of,
        partition=name,
    )


def _partition(access: Access, layout: Layout) -> str:
    return (access.tenant if layout is Layout.TENANT else access.classification) or ""
