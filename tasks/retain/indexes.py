"""Indexes that no ref serves: they can be built again from their snapshot, and go with it at the latest."""

from collections.abc import Collection
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.index import Index
from muniment.schemas.retention import Due
from muniment.store.root import Root
from muniment.tasks.retain import since
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.windows import due


def find(root: Root, policy: Retention, at: datetime, guard: Guard, going: Collection[str]) -> list[Due]:
    """Due indexes; `going` are the snapshots that go now."""
    kept = {each.id for each in guard.snapshots}.difference(going)
    idle = [each for each in root.manifests.all("indexes", Index) if each.id not in guard.shown]
    times = since.indexes(root) if idle else {}
    orphans = [each for each in idle if each.snapshot not in kept]
    rest = [each for each in idle if each.snapshot in kept]
    aged = due(rest, lambda each: times.get(each.id, at), policy.window[Kind.INDEXES], at)
    return [
        *(_due(root, each, times.get(each.id, at), "SNAPSHOT_GONE") for each in orphans),
        *(_due(root, each, times.get(each.id, at), "REPLACED") for each in aged),
    ]


def _due(root: Root, index: Index, last: datetime, reason: str) -> Due:
    keys = tuple(root.objects.list(f"indexes/{index.id}/"))
    return Due(kind=Kind.INDEXES, name=index.id, keys=keys, since=last, reason=reason)
