"""Choose on labelled queries how a ref is searched, and let it be searched so from then on."""

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.metrics.intervals import Metric, difference, share
from muniment.core.metrics.rankings import ndcg
from muniment.core.relevance import Right, gains
from muniment.core.tuning import choose, crossfitted
from muniment.errors import NotFound
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.query import StoredQuery
from muniment.schemas.ranking import DENSE, HYBRID, LEXICAL, Estimate, Measured, Recipe, Weighting
from muniment.store.root import Root, open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.access.readable import readable
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.stored import stored_queries, version
from muniment.tasks.relevance.grades import judged
from muniment.tasks.relevance.places import Places
from muniment.tasks.search.open import Opened, open_index
from muniment.tasks.search.rank import Mask, Sides, evidence, searched, weighted
from muniment.tasks.search.recipe import forget, keep, recipe_of
from muniment.tasks.step import report, run_id, step

# The first is the one to beat.
WAYS = (
    LEXICAL,
    *(Weighting(dense=dense) for dense in (0.1, 0.2, 0.3, 0.4, 0.5)),
    *(Weighting(dense=dense, by_ranks=True) for dense in (0.05, 0.1, 0.2, 0.33)),
    DENSE,
)
FOLDS = 5
LEAST = 30  # queries: fewer tell nothing
_K = 10
_MARKED = 0.05  # share of the answered queries that may be marked as of low evidence

Figures = npt.NDArray[np.float64]


class Tried(NamedTuple):
    """nDCG@10 and the evidence of each way for each query, both ways × queries."""

    figures: Figures
    evidence: Figures


@step
def tune_index(uri: str, queries: str, actor: str, ref: str = "production", user: str = "") -> Recipe:
    """Ask a set of labelled queries in every way, each as its user (else `user`, else whoever may read everything), and keep the way that
    beats words alone beyond chance, or words alone. Raises `NotFound` when fewer than 30 queries have an answer in the index."""
    root = open_root(uri)
    held, index = version(root, queries), index_of(root, ref)
    opened = open_index(root, index)
    places = Places(root, opened, judged(root, held), ref)
    tried = _tried(root, opened, ref, stored_queries(root, held.id), places, user)
    if tried.figures.shape[1] < LEAST:
        raise NotFound(
            f"{tried.figures.shape[1]} queries of {held.id} have an answer in index {index.id}; {LEAST} are needed.",
            "Add labelled queries: `muniment queries add`.",
        )
    recipe = recipe_from(tried).model_copy(
        update={
            "ref": ref,
            "encoder_digest": index.encoder_digest,
            "chunker": index.chunker,
            "index": index.id,
            "queries": held.id,
            "queries_revision": held.revision,
            "at": datetime.now(UTC),
            "actor": actor,
        }
    )
    root.record(_entry(recipe))
    keep(root, recipe)
    return recipe


def clear_tuning(uri: str, actor: str, ref: str = "production") -> bool:
    """Search a ref by words alone again; False when it was not tuned."""
    root = open_root(uri)
    if recipe_of(root, ref) is None:
        return False
    root.record(Draft(kind=EntryKind.INDEX_TUNED, actor=actor, subjects=(f"ref:{ref}",), reasons=("cleared",)))
    forget(root, ref)
    return True


def recipe_from(tried: Tried, folds: int = FOLDS) -> Recipe:
    """What is chosen on these figures: another way than words alone only where the choosing itself, cross-fitted, gains."""
    fitted = np.take_along_axis(tried.figures, crossfitted(tried.figures, folds)[None], 0)[0]
    gain = difference(fitted, tried.figures[0])
    best = choose(tried.figures) if (gain.low or 0.0) > 0 else 0
    answered = tried.evidence[best][tried.figures[best] > 0]
    return Recipe(
        weighting=WAYS[best],
        low_evidence=float(np.clip(np.quantile(answered, _MARKED), 0, 1)) if len(answered) else 0.0,
        count=tried.figures.shape[1],
        chosen_ndcg10=_estimate(share(fitted)),
        chosen_gain=_estimate(gain),
        measured=tuple(
            Measured(weighting=way, ndcg10=_estimate(share(row)), gain=_estimate(difference(row, tried.figures[0])))
            for way, row in zip(WAYS, tried.figures, strict=True)
        ),
    )


def _tried(root: Root, opened: Opened, ref: str, queries: list[StoredQuery], places: Places, user: str) -> Tried:
    masks, columns = dict[str, Mask | None](), []
    for done, query in enumerate(queries, 1):
        who = query.user or user
        if who not in masks:
            masks[who] = readable(root, opened, principal(root, who), ref) if who else None
        if rights := _due(places.rights.get(query.id, []), opened, masks[who]):
            columns.append(_column(opened, query.text, rights, masks[who]))
        report("tune", done, len(queries))
    table = np.array(columns).reshape(len(columns), 2, len(WAYS))
    return Tried(table[:, 0].T, table[:, 1].T)


def _due(rights: list[Right], opened: Opened, mask: Mask | None) -> list[Right]:
    """What the index holds of what answers a query, and whoever asks may read."""
    documents = pa.array([right.doc_id for right in rights], pa.string())
    rows = pc.is_in(opened.papers["doc_id"], value_set=documents).to_numpy().astype(bool)
    there = set(opened.papers["doc_id"].filter(pa.array(rows if mask is None else rows & mask)).to_pylist())
    return [right for right in rights if right.doc_id in there and (right.passages is None or right.passages)]


def _column(opened: Opened, query: str, rights: list[Right], mask: Mask | None) -> tuple[list[float], list[float]]:
    sides, due = searched(opened, query, HYBRID, mask), [right.gain for right in rights]
    rankings = [_citations(opened, sides, way) for way in WAYS]
    return [ndcg(gains(each, rights), due, _K) for each in rankings], [evidence(sides, way) for way in WAYS]


def _citations(opened: Opened, sides: Sides, way: Weighting) -> list[str]:
    """Enough of a ranking for ten documents of it, as a rule."""
    best = weighted(sides, way)[1][: 5 * _K]
    citations: list[str] = opened.papers["chunk_id"].take(pa.array(best)).to_pylist()
    return citations


def _estimate(metric: Metric) -> Estimate:
    return Estimate(
        value=metric.value,
        low=metric.value if metric.low is None else metric.low,
        high=metric.value if metric.high is None else metric.high,
    )


def _entry(recipe: Recipe) -> Draft:
    return Draft(
        kind=EntryKind.INDEX_TUNED,
        actor=recipe.actor,
        run=run_id(),
        subjects=(f"ref:{recipe.ref}",),
        inputs=(f"index:{recipe.index}", f"queries:{recipe.queries}"),
        counts={"queries": recipe.count},
        reasons=(recipe.weighting.mode.value,),
    )
