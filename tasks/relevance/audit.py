"""An audit of relevance: stored queries asked on the served path, figures by slice, and where what was due was lost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.relevance import Attributed, Right, attribute, best, document_of
from muniment.errors import NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.query import QuerySet, StoredQuery
from muniment.schemas.relevance import ANSWERED, ASKED, ATTRIBUTED, Outcome, RelevanceAudit, Served
from muniment.store.root import Root, open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.stored import stored_queries, version
from muniment.tasks.relevance.ask import Asked, ask, ranked
from muniment.tasks.relevance.figures import by_slice, figures_of
from muniment.tasks.relevance.grades import judged
from muniment.tasks.relevance.places import Places
from muniment.tasks.relevance.slices import frequencies, slices
from muniment.tasks.search.open import open_index
from muniment.tasks.step import report, run_id, step

FOLDER = "relevance"
_NOT_DUE = (Outcome.DENIED, Outcome.WITHHELD)  # not to give it is right
Row = dict[str, Any]


@step
def audit_relevance(
    uri: str, queries: str, actor: str, ref: str = "production", k: int = 10, user: str = "", sample: int | None = None
) -> RelevanceAudit:
    """Ask a set of queries, each as its user (or `user`), and write down what was answered, by ids. `sample`: so many of them, the same
    ones every time. Raises `NotFound`, and `Forbidden` for a query's user whom nobody knows."""
    root = open_root(uri)
    held = version(root, queries)
    chosen = sampled(stored_queries(root, held.id), sample)
    if not chosen:
        raise NotFound(f"{held.id} holds no query any more.", "Add some: `muniment queries add`.")
    index = index_of(root, ref)
    run = Run(root, held, index, ref, k, actor, user)
    asked = []
    for done, each in enumerate(chosen, 1):
        asked.append(run.of(each))
        report("ask", done, len(chosen))
    return _kept(root, run, held, asked)


def sampled(queries: list[StoredQuery], sample: int | None) -> list[StoredQuery]:
    """The queries of lowest id, which is a keyed hash: as good as drawn, and the same every time."""
    return sorted(queries, key=lambda each: each.id)[:sample]


def audits(root: Root, queries: str = "") -> list[RelevanceAudit]:
    """Every kept audit, or those of one set, the earliest first."""
    name = queries.partition("@")[0]
    found = (each for each in root.manifests.all(FOLDER, RelevanceAudit) if name in ("", each.queries.partition("@")[0]))
    return sorted(found, key=lambda each: (each.at, each.id))


class Rows(NamedTuple):
    """Rows of one query, for each of the tables of an audit."""

    asked: Row
    answered: list[Row]
    attributed: list[Row]


class Run:
    """What is the same for all queries of an audit."""

    def __init__(self, root: Root, held: QuerySet, index: Index, ref: str, k: int, actor: str, user: str) -> None:
        self.root, self.ref, self.k, self.actor, self.user = root, ref, k, actor, user
        self.places = Places(root, open_index(root, index), judged(root, held), ref)
        self.frequencies = frequencies(root, index, stored_queries(root, held.id))
        self.index = index
        self._readable: dict[str, tuple[Principal, float, frozenset[str]]] = {}
        self._absent = self.places.why_absent(
            {right.doc_id for rights in self.places.rights.values() for right in rights} - self.places.source_of.keys()
        )
        self.mode = ""

    def of(self, query: StoredQuery) -> Rows:
        """Ask one query, and say what became of each of its answers."""
        asking, share, readable = self._principal(query.user or self.user)
        given = ask(self.root, query.text, asking, self.k, self.ref, self.actor)
        self.mode = given.answer.mode
        rights = self.places.rights.get(query.id, [])
        outcomes = self._outcomes(given, rights, readable)
        sources = {source for right in rights if (source := self.places.source_of.get(right.doc_id))}
        asked = figures_of(given.citations, [right for right, each in outcomes if each.outcome not in _NOT_DUE]) | {
            "query_id": query.id,
            "slices": slices(query, self.frequencies, share, sources),
            "outcome": best(each.outcome for _, each in outcomes),
            "given": len(given.answer.hits),
            "top": given.answer.hits[0].score if given.answer.hits else None,
            "low_evidence": given.answer.low_evidence,
        }
        return Rows(asked, answered(query, given, rights), [_attributed(query, *each) for each in outcomes])

    def _principal(self, user: str) -> tuple[Principal, float, frozenset[str]]:
        if user not in self._readable:
            asking = principal(self.root, user)
            self._readable[user] = (asking, *self.places.readable(asking))
        return self._readable[user]

    def _outcomes(self, given: Asked, rights: list[Right], readable: frozenset[str]) -> list[tuple[Right, Attributed]]:
        """What became of each answer. Only where one is missing, the search is asked to go deeper."""
        hidden = self._hidden(given, rights)
        states = [self.places.state(right.doc_id, readable) for right in rights]
        first = [attribute(right, state, given.citations, [], hidden) for right, state in zip(rights, states, strict=True)]
        missing = any(each.outcome is Outcome.RECALL for each in first)
        deeper = ranked(self.root, self.index, given.text, given.asking, self.ref, self.k).candidates if missing else []
        found = []
        for right, state in zip(rights, states, strict=True):
            each = attribute(right, state, given.citations, deeper, hidden)
            why = self._absent.get(right.doc_id, "") if each.outcome is Outcome.ABSENT else each.why
            found.append((right, each._replace(why=why)))
        return found

    def _hidden(self, given: Asked, rights: list[Right]) -> set[str]:
        """Right passages of which something was taken out for who asks, so that the answer is not in them any more."""
        changed = {hit.citation: hit.text for hit in given.answer.hits if hit.redactions}
        return {
            name
            for name, text in changed.items()
            for right in rights
            if right.holds(name) and (answer := self.places.answer(right, name, self._passage(name))) and answer not in text
        }

    def _passage(self, citation: str) -> str:
        for stored in self.index.chunks:
            rows = self.root.lake.find(stored, CHUNK, document_of(citation), ["chunk_id", "text"])
            for row in rows.filter(pc.equal(rows["chunk_id"], citation)).to_pylist():
                return str(row["text"])
        return ""


def answered(query: StoredQuery, given: Asked, rights: list[Right]) -> list[Row]:
    """Rows of `ANSWERED` of one query."""
    return [
        {
            "query_id": query.id,
            "doc_id": document_of(hit.citation),
            "chunk_id": hit.citation,
            "rank": rank,
            "score": hit.score,
            "gain": max((right.gain for right in rights if right.holds(hit.citation)), default=0.0) if rights else None,
        }
        for rank, hit in enumerate(given.answer.hits, 1)
    ]


def _attributed(query: StoredQuery, right: Right, each: Attributed) -> Row:
    return {"query_id": query.id, "doc_id": right.doc_id, "outcome": each.outcome, "why": each.why, "rank": each.rank}


def tables(rows: Iterable[Rows]) -> Mapping[str, pa.Table]:
    """Rows of queries as tables, sorted by query."""
    ordered = sorted(rows, key=lambda each: str(each.asked["query_id"]))
    return {
        "asked": pa.Table.from_pylist([each.asked for each in ordered], ASKED),
        "answered": pa.Table.from_pylist([row for each in ordered for row in each.answered], ANSWERED),
        "attributed": pa.Table.from_pylist([row for each in ordered for row in each.attributed], ATTRIBUTED),
    }


def _kept(root: Root, run: Run, held: QuerySet, rows: list[Rows]) -> RelevanceAudit:
    """Objects first, then the ledger, then what makes them visible."""
    made, at = tables(rows), datetime.now(UTC)
    lost = Counter(f"{row['outcome']}: {row['why']}" for each in rows for row in each.attributed if row["why"])
    audit = RelevanceAudit(
        id=digest([held.id, run.index.id, run.index.revision, run.actor, at.isoformat()])[:20],
        queries=held.id,
        served=Served(ref=run.ref, index=run.index.id, revision=run.index.revision, snapshot=run.index.snapshot, mode=run.mode),
        k=run.k,
        at=at,
        actor=run.actor,
        slices=by_slice(pl.DataFrame(pl.from_arrow(made["asked"]))),
        why=dict(sorted(lost.items())),
        asked=root.lake.write(made["asked"], ASKED),
        answered=root.lake.write(made["answered"], ANSWERED),
        attributed=root.lake.write(made["attributed"], ATTRIBUTED),
    )
    outcomes = Counter(row for each in rows if (row := each.asked["outcome"]))
    root.record(
        Draft(
            kind=EntryKind.RELEVANCE_AUDITED,
            actor=run.actor,
            key=audit.id,
            run=run_id(),
            subjects=(f"queries:{held.id}",),
            inputs=(f"index:{run.index.id}",),
            outputs=(f"relevance:{audit.id}",),
            counts={"queries": len(rows), **{str(each): outcomes[each] for each in Outcome if outcomes[each]}},
        )
    )
    root.manifests.put(FOLDER, audit)
    return audit
