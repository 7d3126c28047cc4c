"""The retention policy in force under a root: every version that was ever put in force, and what waits for its notice to run out."""

from datetime import UTC, date, datetime, time, timedelta

from muniment.errors import PolicyError
from muniment.policies.retention import EVER, Kind, Retention, Window, load_retention, shipped, shipped_text
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks.retain.notice import announced

_FOLDER = "retention/policies/"


class Enacted(Record):
    """One version: put in force, or announced for a day to come. Until then it and the one before both keep what they keep."""

    serial: int
    before: Retention
    policy: Retention
    text: str
    stricter: tuple[str, ...]  # what it removes sooner than the one before: why it was announced; empty: in force at once
    effective: datetime
    would_remove: dict[str, int] = {}  # kind → how much more on that day, as far as it can be told now
    actor: str
    at: datetime

    def in_force(self, at: datetime) -> Retention:
        """What is enforced at a moment."""
        return self.policy if at >= self.effective else self.before.merged(self.policy)


def latest(root: Root) -> Enacted | None:
    """The version that was put in force last, or None when none ever was."""
    keys = sorted(root.objects.list(_FOLDER))
    return root.manifests.record(keys[-1], Enacted) if keys else None


def in_force(root: Root, at: datetime | None = None) -> Retention:
    """The policy that is enforced at a moment, now by default. Of a root where none was ever announced nothing ages yet."""
    enacted = latest(root)
    return enacted.in_force(at or datetime.now(UTC)) if enacted else nothing_ages()


def text(root: Root) -> str:
    """The text of the version that was put in force last, or of the one that ships."""
    enacted = latest(root)
    return enacted.text if enacted else shipped_text()


def nothing_ages() -> Retention:
    """A policy that keeps everything but what contracts say must go: in force before the first one is announced."""
    window = {kind: Window(days=EVER, why="No retention policy was announced yet.") for kind in Kind}
    return shipped().model_copy(update={"name": "nothing ages", "window": window})


def enact(
    root: Root,
    toml: str,
    actor: str,
    effective: date | None = None,
    would_remove: dict[str, int] | None = None,
    now: datetime | None = None,
) -> Enacted:
    """Put a policy in force: at once where it removes nothing sooner, else from a day on that leaves the notice of the policy before.

    Raises `PolicyError` for a text that is wrong, and for a day that lies before the end of the notice.
    """
    at, policy = now or datetime.now(UTC), load_retention(toml)
    held = latest(root)
    if held and held.policy == policy:
        return held  # doing it again does not start the notice anew
    before = in_force(root, at)
    stricter = policy.stricter(before)
    start = _start(at, before, effective) if stricter else at
    made = Enacted(
        serial=held.serial + 1 if held else 1,
        before=before,
        policy=policy,
        text=toml,
        stricter=stricter,
        effective=start,
        would_remove=(would_remove or {}) if stricter else {},
        actor=actor,
        at=at,
    )
    if not root.objects.put(f"{_FOLDER}{made.serial:06d}.json", canonical_json(made)):
        raise PolicyError("Another retention policy was put in force just now.", "Look at it with `muniment retention show`.")
    record(root, made)
    return made


def adopt(root: Root, actor: str, would_remove: dict[str, int], now: datetime) -> Enacted:
    """The version that was put in force last; of a root without one the policy that ships, announced now."""
    held = latest(root) or enact(root, shipped_text(), actor, would_remove=would_remove, now=now)
    record(root, held)  # a crash may have come between the two
    return held


def record(root: Root, made: Enacted) -> None:
    """Write a version to the ledger, and tell whoever listens; once."""
    key = f"{made.serial}={made.policy.digest}"
    if root.lineage.recorded(EntryKind.RETENTION_ANNOUNCED, key):
        return
    root.record(
        Draft(
            kind=EntryKind.RETENTION_ANNOUNCED,
            actor=made.actor,
            key=key,
            inputs=(f"retention:{made.before.digest}",),
            outputs=(f"retention:{made.policy.digest}",),
            counts={**made.would_remove, "notice_hours": int((made.effective - made.at) / timedelta(hours=1))},
            reasons=tuple(each.upper() for each in made.stricter),
        )
    )
    if made.stricter:
        announced(made.serial, made.policy.digest, made.effective, made.stricter, made.would_remove)


def _start(at: datetime, before: Retention, effective: date | None) -> datetime:
    earliest = at + timedelta(days=before.notice_days)
    if effective is None:
        return earliest
    start = datetime.combine(effective, time(), UTC)
    if start < earliest:
        raise PolicyError(
            f"The policy removes more than the one before, which asks for {before.notice_days} days of notice.",
            f"Choose a day from {(earliest + timedelta(days=1)).date()} on.",
        )
    return start
