"""The index that is served against another one, or another way to search, on judged queries."""

import polars as pl

from muniment.core.metrics.intervals import share
from muniment.errors import NotFound
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.query import QuerySet
from muniment.schemas.relevance import Compared, Comparison, Served
from muniment.schemas.search import Mode
from muniment.store.root import Root, open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.stored import stored_queries, version
from muniment.tasks.relevance.ask import ranked
from muniment.tasks.relevance.figures import NAMES, differences, figure, figures_of, paired, sliced
from muniment.tasks.relevance.grades import judged
from muniment.tasks.relevance.places import Places
from muniment.tasks.relevance.slices import frequencies, slices
from muniment.tasks.search.open import open_index
from muniment.tasks.step import report, step

PREVIOUS = "previous"
_BEFORE = """
    SELECT i.id AS id FROM entries e JOIN links r ON r.sequence = e.sequence AND r.role = 'subject' AND r.type = 'ref' AND r.id = ?
    JOIN links i ON i.sequence = e.sequence AND i.role = 'output' AND i.type = 'index' WHERE e.kind = 'index.built' ORDER BY e.sequence DESC
"""


@step
def compare_relevance(
    uri: str, queries: str, against: str = PREVIOUS, ref: str = "production", k: int = 10, user: str = ""
) -> Comparison:
    """Figures of the index that a ref serves less those of another: `previous`, an index by its id, or a mode (`lexical`, `dense`) of the
    same index. Nothing is shown to anybody, and every index is ranked under the access that holds now. Raises `NotFound`."""
    root = open_root(uri)
    held, index = version(root, queries), index_of(root, ref)
    mode = Mode(against) if against in {each.value for each in Mode} else None
    other = index if mode else _other(root, index, ref, against)
    after = _scored(root, held, index, ref, k, user, Mode.AUTO)
    before = _scored(root, held, other, ref, k, user, mode or Mode.AUTO)
    pairs = paired(before, after)
    return Comparison(
        queries=held.id,
        served=Served(ref=ref, index=index.id, revision=index.revision, snapshot=index.snapshot),
        against=mode or other.id,
        slices=tuple(_compared(name, rows) for name, rows in sliced(pairs) if rows.height),
    )


def previous(root: Root, ref: str) -> Index | None:
    """The kept index that a ref served last before the one that it serves; None when there is none."""
    kept, now = set(root.manifests.ids("indexes")), index_of(root, ref).id
    found = (row["id"] for row in root.lineage.sql(_BEFORE, parameters=[ref]).to_pylist())
    name = next((each for each in found if each in kept and each != now), None)
    return root.manifests.get("indexes", name, Index) if name else None


def _other(root: Root, index: Index, ref: str, against: str) -> Index:
    other = previous(root, ref) if against == PREVIOUS else root.manifests.get("indexes", against, Index)
    if other is None:
        raise NotFound(f"{ref} served no other index that is still kept.", "Name one of `muniment index list`, or a mode: lexical.")
    return other


def _scored(root: Root, held: QuerySet, index: Index, ref: str, k: int, user: str, mode: Mode) -> pl.DataFrame:
    """One row a query: query_id, slices, figures."""
    places, queries = Places(root, open_index(root, index), judged(root, held), ref), stored_queries(root, held.id)
    known, words, rows = _Known(root, places), frequencies(root, index, queries), []
    for done, query in enumerate(queries, 1):
        asking, readable_share, readable = known(query.user or user)
        states = [(right, places.state(right.doc_id, readable)) for right in places.rights.get(query.id, [])]
        due = [right for right, state in states if not state.held or (state.served and state.allowed)]
        given = ranked(root, index, query.text, asking, ref, k, mode).given if due else []
        named = {source for right in due if (source := places.source_of.get(right.doc_id))}
        of = slices(query, words, readable_share, named)
        rows.append({"query_id": query.id, "slices": of, **figures_of(given, due)})
        report("compare", done, len(queries))
    plain = dict.fromkeys(NAMES, pl.Float64)
    return pl.DataFrame(rows, schema={"query_id": pl.String, "slices": pl.List(pl.String), **plain})


class _Known:
    """Who asks, with what they may read, looked up once."""

    def __init__(self, root: Root, places: Places) -> None:
        self._root, self._places = root, places
        self._held: dict[str, tuple[Principal, float, frozenset[str]]] = {}

    def __call__(self, user: str) -> tuple[Principal, float, frozenset[str]]:
        if user not in self._held:
            asking = principal(self._root, user)
            self._held[user] = (asking, *self._places.readable(asking))
        return self._held[user]


def _compared(name: str, rows: pl.DataFrame) -> Compared:
    return Compared(
        name=name,
        queries=rows.height,
        before={each: figure(share(rows[f"{each}_before"].to_numpy())) for each in NAMES},
        after={each: figure(share(rows[each].to_numpy())) for each in NAMES},
        difference=differences(rows),
    )
