"""What people judged: grades of passages, pooled over judges, and how far two of them agree."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import polars as pl

from muniment.core.metrics.agreement import kappa
from muniment.schemas.query import RELEVANT, QuerySet
from muniment.schemas.relevance import GRADED, Agreement, Grades
from muniment.store.root import Root

FOLDER = "graded"
RELEVANT_FROM = 2  # of the grades 0 to 3


def graded(root: Root, name: str) -> pl.DataFrame:
    """Rows of `GRADED` of a set; of what a judge graded twice, the last."""
    held = [each.rows for each in root.manifests.all(FOLDER, Grades) if each.queries == name]
    rows = pl.DataFrame(pl.from_arrow(root.lake.read_all(held, GRADED)))
    return rows.sort("at").unique(["query_id", "chunk_id", "judge"], keep="last").sort("query_id", "chunk_id", "judge")


def judged(root: Root, held: QuerySet) -> pl.DataFrame:
    """What answers the queries of a version, as rows of `RELEVANT`: what was registered with it, and the passages that people found
    relevant, at the mean grade of their judges over the highest one."""
    registered = pl.DataFrame(pl.from_arrow(root.lake.read(held.relevant, RELEVANT)))
    pooled = (
        graded(root, held.name)
        .group_by("query_id", "doc_id", "start", "end")
        .agg(pl.col("grade").mean())
        .filter(pl.col("grade") >= RELEVANT_FROM)
        .with_columns(gain=pl.col("grade") / 3)
        .select(RELEVANT.names)
    )
    whole = registered.filter(pl.col("start").is_null()).select("query_id", "doc_id")
    new = pooled.join(whole, on=["query_id", "doc_id"], how="anti").join(
        registered, on=["query_id", "doc_id", "start", "end"], how="anti"
    )
    return pl.concat([registered, new.cast(registered.schema)]).sort("query_id", "doc_id", "start")


def agreement(root: Root, name: str) -> list[Agreement]:
    """Of each two judges who judged the same passages, how far they agree."""
    grades = defaultdict[str, dict[tuple[str, str], int]](dict)
    for row in graded(root, name).iter_rows(named=True):
        grades[row["judge"]][row["query_id"], row["chunk_id"]] = row["grade"]
    return [each for one, other in combinations(sorted(grades), 2) if (each := _agreement(one, other, grades)).both]


def _agreement(one: str, other: str, grades: dict[str, dict[tuple[str, str], int]]) -> Agreement:
    both = sorted(grades[one].keys() & grades[other].keys())
    mine, theirs = ([grades[judge][each] for each in both] for judge in (one, other))
    relevant = kappa(_relevant(mine), _relevant(theirs))
    return Agreement(first=one, second=other, both=len(both), relevant=relevant, grade=kappa(mine, theirs))


def _relevant(grades: Iterable[int]) -> list[bool]:
    return [grade >= RELEVANT_FROM for grade in grades]
