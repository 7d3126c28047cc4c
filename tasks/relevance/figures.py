"""Figures of queries, slice by slice, with intervals."""

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from muniment.core.metrics.intervals import Metric, difference, share
from muniment.core.metrics.rankings import ndcg, recall, reciprocal_rank
from muniment.core.relevance import Right, gains
from muniment.schemas.relevance import FAILURES, Figure, Slice

NAMES = ("ndcg10", "recall10", "mrr10")
ALL = "all"
_FEWEST = 5  # queries: a slice of fewer says nothing


def figures_of(citations: Sequence[str], due: Sequence[Right]) -> dict[str, float | None]:
    """Figures of one query against what was due and may be read; None where nothing was."""
    if not due:
        return dict.fromkeys(NAMES)
    found, right = gains(citations, due)[:10], [each.gain for each in due]
    return {"ndcg10": ndcg(found, right, 10), "recall10": recall(found, right, 10), "mrr10": reciprocal_rank(found)}


def by_slice(asked: pl.DataFrame) -> tuple[Slice, ...]:
    """Rows of `ASKED` as figures: of all, and of each slice that is not too small, by name."""
    return tuple(_slice(name, rows) for name, rows in sliced(asked))


def sliced(asked: pl.DataFrame) -> Iterable[tuple[str, pl.DataFrame]]:
    """All rows, and those of each slice that has enough of them."""
    yield ALL, asked
    names = asked["slices"].explode().drop_nulls().value_counts()
    for name in sorted(names.filter(pl.col("count") >= _FEWEST)["slices"]):
        yield name, asked.filter(pl.col("slices").list.contains(name))


def paired(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Queries that both runs scored, with the figures of each: columns `<figure>` and `<figure>_before`."""
    scored = after.filter(pl.col("ndcg10").is_not_null())
    return scored.join(before.filter(pl.col("ndcg10").is_not_null()).select("query_id", *NAMES), on="query_id", suffix="_before")


def differences(pairs: pl.DataFrame) -> dict[str, Figure]:
    """Mean of after less before, with a paired interval."""
    return {name: figure(difference(pairs[name].to_numpy(), pairs[f"{name}_before"].to_numpy())) for name in NAMES}


def figure(of: Metric) -> Figure:
    """A metric as a record, to four places: a confidence interval has no more."""
    low, high = (of.value if each is None else each for each in (of.low, of.high))
    return Figure(value=round(of.value, 4), low=round(low, 4), high=round(high, 4))


def _slice(name: str, rows: pl.DataFrame) -> Slice:
    scored = rows.filter(pl.col("ndcg10").is_not_null())
    failures = Counter(rows["outcome"].drop_nulls().to_list())
    return Slice(
        name=name,
        queries=rows.height,
        scored=scored.height,
        figures={each: figure(share(scored[each].to_numpy())) for each in NAMES} if scored.height else {},
        failures={str(each): failures[each] for each in FAILURES if failures[each]},
        low_evidence=int(rows["low_evidence"].sum()),
    )
