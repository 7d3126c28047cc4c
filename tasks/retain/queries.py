"""Versions of sets of queries that nobody uses any more: real questions, which can name people."""

from collections import defaultdict
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.query import QuerySet
from muniment.schemas.retention import Due, Held
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.queries.stored import FOLDER, versions
from muniment.tasks.relevance.canaries import canaries
from muniment.tasks.retain import since
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.states import Found
from muniment.tasks.retain.windows import due


def find(root: Root, policy: Retention, at: datetime, guard: Guard) -> Found:
    """Due versions: texts and judgements go with what makes them visible. What a canary asks is in use, and what a hold names stays."""
    kept = versions(root)
    times = _last_used(root, kept) if kept else {}
    asked = _asked(root, kept) if kept else set()
    aged = [
        one
        for name in sorted({each.name for each in kept})
        for one in due(
            [each for each in kept if each.name == name and each.id not in asked],
            lambda each: times[each.id],
            policy.of(Kind.QUERIES),
            at,
        )
    ]
    held = [Held(kind=Kind.QUERIES, name=each.id, by=by) for each in aged if (by := guard.keeps(each))]
    names = {each.name for each in held}
    going = [each for each in aged if each.id not in names]
    staying = {each.digest for one in kept if one not in going for each in _tables(one)}
    return Found([_due(root, each, times[each.id], staying) for each in going], held)


def _last_used(root: Root, kept: list[QuerySet]) -> dict[str, datetime]:
    """Version → when it was registered, replaced, asked, judged or shown last, whichever is the latest."""
    used, found = since.queries(root), dict[str, datetime]()
    following = defaultdict[str, list[datetime]](list)
    for each in reversed(kept):
        found[each.id] = max([each.at, *following[each.name][-1:], *([used[each.id]] if each.id in used else [])])
        following[each.name].append(each.at)
    return found


def _asked(root: Root, kept: list[QuerySet]) -> set[str]:
    """Ids of the versions that canaries ask: a set without a number is its last one."""
    last = {each.name: each.id for each in kept}
    return {last.get(each.queries, each.queries) for each in canaries(root)}


def _tables(held: QuerySet) -> tuple[Stored, Stored]:
    return held.queries, held.relevant


def _due(root: Root, held: QuerySet, last: datetime, staying: set[str]) -> Due:
    objects = (each.key for each in _tables(held) if each.digest not in staying)
    keys = (*root.objects.list(f"{FOLDER}/{held.id}/"), *objects)
    return Due(kind=Kind.QUERIES, name=held.id, keys=keys, since=last, reason="UNUSED")
