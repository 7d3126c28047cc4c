"""What a page about search is made of: the last audit of a set, comparisons, canaries, drift, judges."""

import polars as pl

from muniment.errors import MunimentError, NotFound
from muniment.schemas.relevance import ASKED, ATTRIBUTED, Comparison, Failed, Gathered, Outcome, RelevanceAudit
from muniment.store.root import Root, open_root
from muniment.tasks.queries.show import show_queries
from muniment.tasks.queries.stored import version
from muniment.tasks.relevance.audit import audits
from muniment.tasks.relevance.canaries import runs
from muniment.tasks.relevance.compare import PREVIOUS, compare_relevance
from muniment.tasks.relevance.drift import drift
from muniment.tasks.relevance.grades import agreement
from muniment.tasks.step import step

_FAILED = 200  # queries that are listed
_AGAINST = (PREVIOUS, "lexical")


@step
def gather(uri: str, queries: str, user: str, ref: str = "production", with_queries: bool = False) -> Gathered:
    """The last audit of a set under a ref, and what belongs to it. Raises `NotFound` when there was no audit, `Forbidden` when texts are
    asked for by somebody who may not read them."""
    root = open_root(uri)
    held = version(root, queries)
    kept = [each for each in audits(root, held.name) if each.served.ref == ref]
    if not kept:
        raise NotFound(f"{held.name} was not audited under {ref} yet.", f"`muniment relevance audit --queries {held.name}` does.")
    texts = {each.id: each.text for each in show_queries(uri, held.id, user)} if with_queries else {}
    return Gathered(
        audit=kept[-1],
        failed=tuple(_failed(root, kept[-1], texts)),
        comparisons=tuple(each for against in _AGAINST if (each := _compared(uri, queries, against, ref, user))),
        canaries=tuple(each for each in runs(root) if each.served.ref == ref),
        weeks=tuple(drift(root)),
        agreement=tuple(agreement(root, held.name)),
    )


def _failed(root: Root, audit: RelevanceAudit, texts: dict[str, str]) -> list[Failed]:
    """Queries whose best answer was not found, what is most of search's doing first."""
    asked = pl.DataFrame(pl.from_arrow(root.lake.read(audit.asked, ASKED, ["query_id", "slices", "outcome"])))
    due = pl.DataFrame(pl.from_arrow(root.lake.read(audit.attributed, ATTRIBUTED, ["query_id", "outcome", "why"])))
    why = due.filter(pl.col("why") != "").unique(["query_id", "outcome"], keep="first", maintain_order=True)
    rows = asked.filter(pl.col("outcome") != Outcome.FOUND).join(why, on=["query_id", "outcome"], how="left")
    order = list(Outcome)
    failed = [
        Failed(
            query_id=row["query_id"],
            outcome=row["outcome"],
            why=row["why"] or "",
            slices=tuple(row["slices"]),
            text=texts.get(row["query_id"], ""),
        )
        for row in rows.iter_rows(named=True)
    ]
    return sorted(failed, key=lambda each: (order.index(each.outcome), each.query_id))[:_FAILED]


def _compared(uri: str, queries: str, against: str, ref: str, user: str) -> Comparison | None:
    """A comparison, or None where there is nothing to compare with."""
    try:
        found = compare_relevance(uri, queries, against, ref, user=user)
    except MunimentError:
        return None
    return found if found.slices else None
