"""Read stored queries and what answers them."""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from muniment.errors import NotFound
from muniment.schemas.query import QUERY, RELEVANT, Counted, QuerySet, StoredQuery
from muniment.store.root import Root

FOLDER = "queries"


def stored_queries(root: Root, name: str = "") -> list[StoredQuery]:
    """Queries by id: of all sets in their last version, of one set (`name`), or of one version of it (`name@number`); raises `NotFound`."""
    rows = root.lake.read_all([each.queries for each in _chosen(root, name)], QUERY).to_pylist()
    return [
        StoredQuery(
            id=row["doc_id"],
            text=row["text"],
            user=row["user"],
            language=row["language"],
            slices=tuple(row["slices"]),
            native_key=row["native_key"],
        )
        for row in rows
    ]


def judgements(root: Root, name: str = "") -> pl.DataFrame:
    """What answers those queries: query_id, doc_id, gain, and start and end of an answer in the captured text; raises `NotFound`."""
    table: pa.Table = root.lake.read_all([each.relevant for each in _chosen(root, name)], RELEVANT)
    return pl.DataFrame(pl.from_arrow(table))


def version(root: Root, name: str) -> QuerySet:
    """The last version of a set, or the one that is asked for as `name@number`; raises `NotFound`."""
    set_name, _, number = name.partition("@")
    kept = [each for each in versions(root) if each.name == set_name and (not number or str(each.number) == number)]
    if not kept:
        raise NotFound(f"No set of queries is called {name}.", "List them: `muniment queries list`.")
    return kept[-1]


def versions(root: Root) -> list[QuerySet]:
    """Every kept version, by name and number."""
    return sorted(root.manifests.all(FOLDER, QuerySet), key=lambda each: (each.name, each.number))


def listed(root: Root) -> list[Counted]:
    """Every kept version as counts."""
    return [counted(each) for each in versions(root)]


def counted(held: QuerySet) -> Counted:
    """A version as counts."""
    return Counted(
        name=held.name, number=held.number, queries=held.queries.rows, judged=held.relevant.rows, at=held.at, actor=held.actor
    )


def _chosen(root: Root, name: str) -> Iterator[QuerySet]:
    if name:
        yield version(root, name)
    else:
        yield from {each.name: each for each in versions(root)}.values()
