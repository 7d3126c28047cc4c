"""Canaries: queries whose answers are kept with each index, by ids, so that an answer that changes is noticed."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pyarrow as pa

from muniment.errors import NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.query import StoredQuery
from muniment.schemas.relevance import ANSWERED, ASKED, CanaryRun, CanarySet, Served
from muniment.store.root import Root, open_root
from muniment.tasks import announce, policies
from muniment.tasks.access.principals import principal
from muniment.tasks.corpus import index_of
from muniment.tasks.queries.stored import stored_queries, version
from muniment.tasks.relevance.ask import ask
from muniment.tasks.relevance.audit import answered
from muniment.tasks.relevance.moved import Asked, moved
from muniment.tasks.step import report, run_id, step

FOLDER = "canaries"


@step
def add_canary(uri: str, name: str, queries: str, actor: str, ref: str = "production", k: int = 10) -> CanarySet:
    """Ask a set of stored queries of every index that a ref serves; the same again changes nothing. Raises `NotFound`."""
    root = open_root(uri)
    version(root, queries)
    held, tag = root.refs.read(f"{FOLDER}/{name}", CanarySet)
    made = CanarySet(name=name, queries=queries, ref=ref, k=k, actor=actor, at=datetime.now(UTC))
    if held and held.model_copy(update={"at": made.at, "actor": actor}) == made:
        return held
    root.refs.move(f"{FOLDER}/{name}", made, tag)
    return made


@step
def remove_canary(uri: str, name: str, actor: str) -> int:
    """Ask a set no more, and forget what was answered to it; gives how many runs that were. Raises `NotFound`."""
    root = open_root(uri)
    canary(root, name)
    gone = runs(root, name)
    root.refs.remove(f"{FOLDER}/{name}")
    for each in gone:
        for key in list(root.objects.list(f"{FOLDER}/{each.id}/")):
            root.objects.delete(key)
    return len(gone)


@step
def run_canaries(uri: str, actor: str, name: str = "") -> list[CanaryRun]:
    """Ask every canary set, or one, and compare with its last run. What is as it was is not kept twice. Raises `NotFound`."""
    root = open_root(uri)
    wanted = [canary(root, name)] if name else canaries(root)
    return [_run(root, each, actor) for each in wanted]


def canaries(root: Root) -> list[CanarySet]:
    """Every canary set, by name."""
    held = (root.refs.read(name, CanarySet)[0] for name in root.refs.names(f"{FOLDER}/"))
    return [each for each in held if each]


def canary(root: Root, name: str) -> CanarySet:
    """One of them; raises `NotFound`."""
    held, _ = root.refs.read(f"{FOLDER}/{name}", CanarySet)
    if held is None:
        raise NotFound(f"No canary set is called {name}.", "List them: `muniment canary list`.")
    return held


def runs(root: Root, name: str = "") -> list[CanaryRun]:
    """The kept runs of a canary set, or of all, the earliest first."""
    found = (each for each in root.manifests.all(FOLDER, CanaryRun) if name in ("", each.canary))
    return sorted(found, key=lambda each: (each.at, each.id))


def _run(root: Root, held: CanarySet, actor: str) -> CanaryRun:
    """Objects first, then the ledger, then what makes the run visible, then the alarm."""
    queries, index = version(root, held.queries), index_of(root, held.ref)
    asked = _asked(root, held, stored_queries(root, queries.id), actor)
    before = next(iter(runs(root, held.name)[::-1]), None)
    tables = _tables(asked)
    same = tuple(root.lake.named(table, table.schema) for table in tables)
    if before and (before.asked, before.answered) == same and before.served == _served(held, index, asked):
        return before
    at = datetime.now(UTC)
    made = CanaryRun(
        id=digest([held.name, index.id, index.revision, [each.digest for each in same], at.isoformat()])[:20],
        canary=held.name,
        queries=queries.id,
        served=_served(held, index, asked),
        k=held.k,
        at=at,
        actor=actor,
        asked=root.lake.write(tables[0], ASKED),
        answered=root.lake.write(tables[1], ANSWERED),
        drift=moved(root, before, asked, index, held.ref, policies.current(root).retrieval.canary) if before else None,
    )
    _record(root, made)
    root.manifests.put(FOLDER, made)
    if made.drift and made.drift.drifted:
        announce.relevance_drifted(
            root, held.name, made.id, {"index": index.id, "changed": made.drift.changed, "lost": made.drift.lost}
        )
    return made


def _asked(root: Root, held: CanarySet, queries: list[StoredQuery], actor: str) -> list[Asked]:
    known, found = dict[str, Principal](), list[Asked]()
    for done, query in enumerate(sorted(queries, key=lambda each: each.id), 1):
        user = query.user or held.actor
        asking = known.setdefault(user, principal(root, user))
        found.append(Asked(query, asking, ask(root, query.text, asking, held.k, held.ref, actor)))
        report("canaries", done, len(queries))
    return found


def _tables(asked: list[Asked]) -> tuple[pa.Table, pa.Table]:
    rows = [row for each in asked for row in answered(each.query, each.given, [])]
    return pa.Table.from_pylist([_row(each) for each in asked], ASKED), pa.Table.from_pylist(rows, ANSWERED)


def _row(asked: Asked) -> dict[str, Any]:
    hits = asked.given.answer.hits
    return {
        "query_id": asked.query.id,
        "slices": [],
        "given": len(hits),
        "top": hits[0].score if hits else None,
        "low_evidence": asked.given.answer.low_evidence,
    }


def _served(held: CanarySet, index: Index, asked: list[Asked]) -> Served:
    mode = asked[0].given.answer.mode if asked else ""
    return Served(ref=held.ref, index=index.id, revision=index.revision, snapshot=index.snapshot, mode=mode)


def _record(root: Root, made: CanaryRun) -> None:
    drift = made.drift
    counts = {"queries": made.asked.rows}
    if drift:
        counts |= {
            "changed": drift.changed,
            "drifted": int(drift.drifted),
            **{f"lost_{why}": count for why, count in drift.lost.items()},
        }
    root.record(
        Draft(
            kind=EntryKind.CANARY_RUN,
            actor=made.actor,
            key=made.id,
            run=run_id(),
            subjects=(f"canary:{made.canary}",),
            inputs=(f"index:{made.served.index}",),
            outputs=(f"canaryrun:{made.id}",),
            counts=counts,
        )
    )


def history(root: Root, name: str) -> pl.DataFrame:
    """One row a run: at, index, kept, overlap, rbo, changed, and whether it drifted."""
    rows = [
        {
            "at": each.at,
            "run": each.id,
            "index": each.served.index,
            "kept": each.drift.kept.value,
            "overlap": each.drift.overlap.value,
        }
        | {"rbo": each.drift.rbo.value, "changed": each.drift.changed, "drifted": each.drift.drifted}
        for each in runs(root, name)
        if each.drift
    ]
    return pl.DataFrame(rows)
