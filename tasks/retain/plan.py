"""What is due: found before anything is removed, and shown as it is to whoever asks."""

from datetime import UTC, datetime

from muniment.policies.retention import Retention
from muniment.schemas.erasure import Purpose
from muniment.schemas.retention import Dues
from muniment.store.root import Root, open_root
from muniment.tasks.erasure.requests import open_requests
from muniment.tasks.retain import caches, documents, encoders, erasures, indexes, queries, stale, states, unnamed
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.retention import in_force
from muniment.tasks.step import step

_OURS = (Purpose.RETENTION, Purpose.CONTRACT)


@step
def plan_retention(uri: str, at: datetime | None = None) -> Dues:
    """All that is due at a moment, now by default, under the policy in force then; changes nothing."""
    root, moment = open_root(uri), at or datetime.now(UTC)
    return dues(root, in_force(root, moment), moment)


def dues(root: Root, policy: Retention, at: datetime) -> Dues:
    """All that is due under a policy."""
    guard = Guard(root)
    old = states.find(root, policy, at, guard)
    aged = documents.find(root, policy, at, guard)
    asked = queries.find(root, policy, at, guard)
    going = {each.name for each in old.due}
    things = [
        *indexes.find(root, policy, at, guard, going),
        *old.due,
        *encoders.find(root, policy, at),
        *asked.due,
        *caches.find(root, policy, at, guard),
        *erasures.find(root, policy, at),
        *erasures.tombstones(root, policy, at),
        *unnamed.find(root, policy, at, guard),
    ]
    return Dues(
        at=at,
        policy=policy.digest,
        things=tuple(things),
        batches=tuple(aged.batches),
        held=(*old.held, *asked.held, *aged.held),
        stale=tuple(stale.find(root, policy, at)),
        unfinished=tuple(each.id for each in open_requests(root) if each.purpose in _OURS),
    )


def more(root: Root, policy: Retention, at: datetime) -> dict[str, int]:
    """How much more a policy would remove at a moment than the one in force now, by kind, as far as it can be told today."""
    now, then = dues(root, in_force(root, datetime.now(UTC)), at).counts, dues(root, policy, at).counts
    return {kind: count - now.get(kind, 0) for kind, count in then.items() if count > now.get(kind, 0)}
