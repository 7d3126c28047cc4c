"""Retention and legal holds."""

import getpass
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from muniment import flows
from muniment.policies.retention import Retention, load_retention
from muniment.schemas.hold import Hold, Release, Standing
from muniment.schemas.retention import Dues, Retained
from muniment.store.root import open_root
from muniment.tasks.retain import holds, retention
from muniment.tasks.retain.plan import dues, more, plan_retention


def retention_show(root: str = "") -> Retention:
    """The retention policy that is enforced now."""
    return retention.in_force(open_root(root))


def retention_check(toml: str) -> Retention:
    """A retention policy from its text; raises `PolicyError` that names every wrong place."""
    return load_retention(toml)


def retention_try(toml: str, at: datetime | None = None, root: str = "") -> Dues:
    """What would be due under a policy; changes nothing."""
    return dues(open_root(root), load_retention(toml), at or datetime.now(UTC))


def retention_use(toml: str, effective: date | None = None, root: str = "", actor: str = "") -> retention.Enacted:
    """Put a retention policy in force: what removes more is announced, and holds after the notice."""
    opened, policy = open_root(root), load_retention(toml)
    moment = datetime.now(UTC) + timedelta(days=retention.in_force(opened).notice_days)
    return retention.enact(opened, toml, actor or getpass.getuser(), effective, more(opened, policy, moment))


def retention_due(at: datetime | None = None, root: str = "") -> Dues:
    """What the next night would remove and why; changes nothing."""
    return plan_retention(root, at)


def retention_enforce(root: str = "", actor: str = "") -> Retained:
    """Do now what every night does."""
    return flows.retain(root=root, actor=actor or getpass.getuser())


def hold_place(
    name: str,
    reason: str,
    documents: Sequence[str] = (),
    sources: Sequence[str] = (),
    subjects: Sequence[str] = (),
    root: str = "",
    actor: str = "",
) -> Hold:
    """Put documents under a legal hold; raises `Forbidden` when the actor may not."""
    return holds.place(root, name, reason, actor or getpass.getuser(), documents, sources, subjects)


def hold_list(root: str = "") -> list[Standing]:
    """Every hold, those that were released too."""
    return holds.holds(open_root(root))


def hold_release(name: str, reason: str, root: str = "", actor: str = "") -> Release:
    """End a hold."""
    return holds.release(root, name, reason, actor or getpass.getuser())
