"""Put a source that was promoted back into quarantine, and let it return: what it served stops at once, what hangs on it is listed (QUA-5)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from muniment.errors import NotApproved, NotFound
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot, Target
from muniment.schemas.source import Record, Source
from muniment.store.root import Root, open_root
from muniment.tasks import models, policies
from muniment.tasks.audit import recipients
from muniment.tasks.erasure import withheld
from muniment.tasks.review import approvers
from muniment.tasks.step import run_id, step

_PREFIX = "quarantine-"


class Quarantine(Record):
    """What `refs/quarantined/<source>` holds: whether the source is back in quarantine, and since when, why, by whom."""

    on: bool
    reason: str
    actor: str
    at: datetime
    serial: int = 1


class Dependants(Record):
    """What was made from a source: it is not changed, and somebody must decide about it."""

    source: str
    snapshots: tuple[str, ...]
    refs: tuple[str, ...]  # that show one of these snapshots now: the next promotion leaves the source out
    indexes: tuple[str, ...]
    models: tuple[str, ...]
    recipients: tuple[str, ...]


@step
def quarantine_source(uri: str, pattern: str, reason: str, actor: str) -> list[Dependants]:
    """Put a source, or all whose id matches a glob, back into quarantine: no longer served from this moment, left out by the next
    promotion, and its approvals are void. Gives what hangs on each. Raises `NotFound`, `Forbidden`. Safe to do again."""
    root = open_root(uri)
    found = _matching(root, pattern)
    policy = policies.current(root)
    for source in found:
        approvers.require_entitled(root, source, policy, actor)
    return [_put_back(root, source, reason, actor) for source in found]


@step
def release_source(uri: str, pattern: str, reason: str, actor: str) -> list[str]:
    """End a quarantine. What the source had promoted is served again only once a new approval admits it."""
    root = open_root(uri)
    policy, released = policies.current(root), list[str]()
    for source in _matching(root, pattern):
        held, tag = root.refs.read(_ref(source.id), Quarantine)
        if held and held.on:
            approvers.require_entitled(root, source, policy, actor)
            moved = Quarantine(on=False, reason=reason, actor=actor, at=datetime.now(UTC), serial=held.serial + 1)
            root.refs.move(_ref(source.id), moved, tag)
        if held:
            _entry(root, source, root.refs.read(_ref(source.id), Quarantine)[0] or held, "RELEASED")
            released.append(source.id)
    return released


def quarantined(root: Root, source: str) -> Quarantine | None:
    """Why a source is in quarantine; None when it is not."""
    held, _ = root.refs.read(_ref(source), Quarantine)
    return held if held and held.on else None


def require_released(root: Root, source: str) -> None:
    """Raise `NotApproved` while a source is in quarantine."""
    if held := quarantined(root, source):
        raise NotApproved(
            f"{source} was put back into quarantine by {held.actor}.", f"`muniment source release {source}` first, then review it."
        )


def changed_at(root: Root, source: str) -> datetime | None:
    """When a source was last put back into quarantine or released: approvals from before are void. None when it never was."""
    held, _ = root.refs.read(_ref(source), Quarantine)
    return held.at if held else None


def trusted(root: Root, source: str) -> bool:
    """Whether no person need look before the green lane goes on: it was never in quarantine, or somebody approved it since."""
    if (since := changed_at(root, source)) is None:
        return True
    query = """SELECT max(e.time) AS at FROM entries e JOIN links s ON s.sequence = e.sequence AND s.type = 'source'
               WHERE e.kind = 'review.decided' AND s.id = ? AND e.actor NOT LIKE 'policy:%'
                 AND (list_contains(e.reasons, 'APPROVE') OR list_contains(e.reasons, 'APPROVE_REDACTED'))"""
    at = root.lineage.sql(query, parameters=[source])["at"][0].as_py()
    return quarantined(root, source) is None and at is not None and at > since


def dependants(root: Root, source: str) -> Dependants:
    """Snapshots with a part of the source, and what was made from them or given away."""
    snapshots = tuple(
        each.id for each in root.manifests.all("snapshots", Snapshot) if any(part.source == source for part in each.parts)
    )
    return Dependants(
        source=source,
        snapshots=snapshots,
        refs=tuple(sorted(_showing(root, snapshots))),
        indexes=tuple(each.id for each in root.manifests.all("indexes", Index) if each.snapshot in snapshots),
        models=tuple(model.name for model in models.trained_from(root, snapshots)),
        recipients=recipients.recipients_of(root, snapshots, ()),
    )


def held_back(source: str) -> str:
    """The name under which a source in quarantine is withheld from searches."""
    return f"{_PREFIX}{source}"


def held_back_sources(root: Root) -> list[str]:
    """Sources that are withheld from searches for a quarantine."""
    names = (key.removeprefix("withheld/").removesuffix(".json") for key in root.objects.list("withheld/"))
    return [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]


def _matching(root: Root, pattern: str) -> list[Source]:
    found = [source for source in root.registry.all() if fnmatchcase(source.id, pattern)]
    if not found:
        raise NotFound(f"No source is called {pattern}.", "`muniment source list` shows all.")
    return found


def _put_back(root: Root, source: Source, reason: str, actor: str) -> Dependants:
    # First what is in force at once, then what says so: after a crash both are done again.
    withheld.withhold(root, held_back(source.id), sources=(source.id,))
    held, tag = root.refs.read(_ref(source.id), Quarantine)
    if not (held and held.on):
        serial = held.serial + 1 if held else 1
        held = Quarantine(on=True, reason=reason, actor=actor, at=datetime.now(UTC), serial=serial)
        root.refs.move(_ref(source.id), held, tag)
    found = dependants(root, source.id)
    _entry(root, source, held, "QUARANTINED", found)
    return found


def _entry(root: Root, source: Source, held: Quarantine, what: str, found: Dependants | None = None) -> None:
    root.record(
        Draft(
            kind=EntryKind.REQUARANTINED,
            actor=held.actor,
            key=f"{source.id}#{held.serial}",
            run=run_id(),
            subjects=(f"source:{source.id}",),
            inputs=_named(found) if found else (),
            reasons=(what,),
        )
    )


def _named(found: Dependants) -> tuple[str, ...]:
    kinds = {"snapshot": found.snapshots, "index": found.indexes, "model": found.models, "recipient": found.recipients}
    return tuple(f"{kind}:{name}" for kind, names in kinds.items() for name in names)


def _showing(root: Root, snapshots: Sequence[str]) -> list[str]:
    """Refs that lead to one of these snapshots."""
    held = {name: root.refs.read(name, Target)[0] for name in root.refs.names() if "/" not in name}
    return [name for name, each in held.items() if each and each.snapshot in snapshots]


def _ref(source: str) -> str:
    return f"quarantined/{source}"
