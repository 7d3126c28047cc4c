"""Documents that outlived what policy or contract allows: they go by an erasure, with its proof and its receipt."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from muniment.policies.retention import EVER, Kind, Retention, Window
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Purpose
from muniment.schemas.retention import Batch, Held
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.schemas.verdict import VERDICT, Action
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.erasure.requests import open_requests
from muniment.tasks.judge import standing
from muniment.tasks.retain import ages
from muniment.tasks.retain.guard import Guard

_WINDOWS = {Action.HOLD: Kind.HELD, Action.REJECT: Kind.REJECTED}
_CODES = {Action.HOLD: "HELD_TOO_LONG", Action.REJECT: "REJECTED_LONG_AGO"}
_ENDED, _TERM = "TERMS_ENDED", "RETENTION_DAYS"


class Found(NamedTuple):
    """Documents that are due, and those that a legal hold keeps."""

    batches: list[Batch]
    held: list[Held]


def find(root: Root, policy: Retention, at: datetime, guard: Guard) -> Found:
    """One batch for each source whose contract ended, and one for all else. What an open request takes already is not taken twice."""
    taken = open_requests(root)
    ended = [each for each in root.registry.all() if policy.terms.termination and _terminated(each, at.date())]
    asked = {request.selector.whole_source for request in taken}
    going = [batch for each in ended if each.id not in asked and (batch := _whole(root, each))]
    gone = {each.id for each in ended} | asked
    old = pl.concat([pl.DataFrame(schema={"doc_id": pl.String, "reason": pl.String}), *_aged(root, policy, at, guard, gone)])
    waiting = [doc_id for request in taken for doc_id in request.documents]
    old = old.filter(~pl.col("doc_id").is_in(waiting)).unique("doc_id", keep="first", maintain_order=True)
    free = old.filter(~pl.col("doc_id").is_in(list(guard.held)))
    kept = old.join(free, on="doc_id", how="anti")["doc_id"].to_list()
    names = [guard.held[doc_id] for doc_id in kept]
    held = [Held(kind="documents", name=name, by=f"hold {name}", count=names.count(name)) for name in sorted({*names})]
    if free.height:
        reasons = dict(free.group_by("reason").len().sort("reason").iter_rows())
        going.append(Batch(purpose=Purpose.RETENTION, documents=tuple(free["doc_id"].sort()), reasons=reasons))
    return Found(going, held)


def _terminated(source: Source, today: date) -> bool:
    terms = source.terms
    return terms.delete_on_termination and terms.valid_until is not None and terms.valid_until <= today


def _whole(root: Root, source: Source) -> Batch | None:
    """The erasure of all of a source; None when nothing of it is kept."""
    documents = ages.first_seen(root, source.id).height
    return Batch(purpose=Purpose.CONTRACT, source=source.id, reasons={_ENDED: documents}) if documents else None


def _aged(root: Root, policy: Retention, at: datetime, guard: Guard, gone: set[str]) -> Iterator[pl.DataFrame]:
    """doc_id and reason of what is due by contract, then of what is due in quarantine."""
    days = {each.id: each.terms.retention_days for each in root.registry.all() if each.id not in gone}
    shown = _promoted(root, guard)
    for source in ages.sources(root):
        if source in gone:
            continue
        seen = ages.first_seen(root, source)
        if policy.terms.retention_days and (limit := days.get(source)):
            yield _coded(seen.filter(pl.col("seen") <= at - timedelta(days=limit)), _TERM)
        quarantined = seen.filter(~pl.col("doc_id").is_in(shown.implode()))
        for action, kind in _WINDOWS.items():
            yield _coded(_outlived(root, source, quarantined, action, policy.window[kind], at), _CODES[action])


def _outlived(root: Root, source: str, seen: pl.DataFrame, action: Action, window: Window, at: datetime) -> pl.DataFrame:
    """Quarantined documents of a source that were given this action and are older than the window."""
    if window.days == EVER:
        return seen.clear()
    old = seen.filter(pl.col("seen") <= at - timedelta(days=int(window.days)))
    shards = [each.verdicts for judgement in standing(root) if judgement.source == source for each in judgement.shards]
    if not old.height or not shards:
        return old.clear()
    verdicts = frame(root.lake.read_all(shards, VERDICT, ["doc_id", "action"])).filter(pl.col("action") == str(action))
    return old.join(verdicts, on="doc_id", how="semi")


def _promoted(root: Root, guard: Guard) -> pl.Series:
    """Ids of all documents that a ref shows: they are not in quarantine, whatever a later judgement says of them."""
    shown: list[Snapshot] = [each for each in guard.snapshots if each.id in guard.shown]
    shards = {shard.digest: shard for snapshot in shown for shard in snapshot.shards()}
    return frame(root.lake.read_all(list(shards.values()), PROMOTED, ["doc_id"]))["doc_id"]


def _coded(rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    return rows.select("doc_id", reason=pl.lit(reason))
