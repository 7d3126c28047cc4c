"""How far answers moved since an earlier run, and why what is lost is lost."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.metrics.changes import overlap, rank_biased_overlap
from muniment.core.metrics.intervals import share
from muniment.core.relevance import document_of, kept, lost
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.query import StoredQuery
from muniment.schemas.relevance import ANSWERED, ASKED, CanaryRun, Drift
from muniment.store.root import Root
from muniment.tasks.access.readable import readable
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.relevance import ask
from muniment.tasks.relevance.figures import figure
from muniment.tasks.search.open import open_index


class Asked(NamedTuple):
    """A query, who asked, and what they were given now."""

    query: StoredQuery
    asking: Principal
    given: ask.Asked


class _Before(NamedTuple):
    """What a query was given then: citations that are still known, and how many were erased since."""

    citations: list[str]
    erased: int


def moved(root: Root, before: CanaryRun, now: list[Asked], index: Index, ref: str, least: float) -> Drift | None:
    """From the run before to now; None when no query was asked both times. `least`: the share that must be kept."""
    then, why = _given(root, before), _Why(root, index, ref)
    both = [each for each in now if each.query.id in then]
    if not both:
        return None
    rows, gone, changed, gained = [], Counter[str](), 0, 0
    for each in both:
        was, citations = then[each.query.id], each.given.citations
        reasons = why.had_to_go([name for name in was.citations if name not in citations], each.asking)
        rows.append(
            (
                overlap(was.citations, citations, before.k),
                rank_biased_overlap(was.citations, citations),
                kept(was.citations, citations, reasons),
            )
        )
        gone.update({**lost(was.citations, citations, reasons)})
        gone.update({"erased": was.erased} if was.erased else {})
        changed += was.citations != citations or bool(was.erased)
        gained += len(set(citations) - set(was.citations))
    figures = [figure(share(column)) for column in np.array(rows).T]
    return Drift(
        before=before.id,
        queries=len(both),
        changed=changed,
        overlap=figures[0],
        rbo=figures[1],
        kept=figures[2],
        lost=dict(sorted(gone.items())),
        gained=gained,
        drifted=figures[2].value < least,
    )


def _given(root: Root, run: CanaryRun) -> dict[str, _Before]:
    rows = pl.DataFrame(pl.from_arrow(root.lake.read(run.answered, ANSWERED, ["query_id", "chunk_id", "rank"])))
    asked = pl.DataFrame(pl.from_arrow(root.lake.read(run.asked, ASKED, ["query_id", "given"])))
    found = {name: list(each["chunk_id"]) for (name,), each in rows.sort("query_id", "rank").group_by("query_id")}
    return {name: _Before(left := found.get(name, []), given - len(left)) for name, given in asked.iter_rows()}


class _Why:
    """Why a citation cannot be given any more."""

    def __init__(self, root: Root, index: Index, ref: str) -> None:
        self._root, self._opened, self._ref = root, open_index(root, index), ref
        self._away = unserved(root)
        self._source = dict(zip(*(self._opened.papers[name].to_pylist() for name in ("doc_id", "source_id")), strict=True))
        self._there = set(self._opened.papers["chunk_id"].to_pylist())
        self._readable: dict[str, frozenset[str]] = {}

    def had_to_go(self, citations: list[str], asking: Principal) -> dict[str, str]:
        """Of these, the ones that cannot be given to somebody, with the reason: `withheld`, `gone` from the corpus, `rewritten` (its
        document is there, the passage is not), `denied`."""
        return {each: why for each in citations if (why := self._why(each, asking))}

    def _why(self, citation: str, asking: Principal) -> str:
        doc_id = document_of(citation)
        if doc_id in self._away.documents or self._source.get(doc_id) in self._away.sources:
            return "withheld"
        if doc_id not in self._source:
            return "gone"
        if citation not in self._there:
            return "rewritten"
        return "" if doc_id in self._readable_by(asking) else "denied"

    def _readable_by(self, asking: Principal) -> frozenset[str]:
        if asking.id not in self._readable:
            mask = pa.array(readable(self._root, self._opened, asking, self._ref))
            self._readable[asking.id] = frozenset(self._opened.papers["doc_id"].filter(mask).to_pylist())
        return self._readable[asking.id]
