"""Remove what is due. Written down before anything goes, so that a night that was cut off is told whole by the next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from muniment.policies.retention import Kind
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.erasure import Purpose, Selector
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.retention import Due, Dues, Retained
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.retain import ages, leases, stale, unnamed
from muniment.tasks.step import report, run_id, step

_NIGHTS = "retention/nights/"
_WHY = {Purpose.RETENTION: "kept as long as policy and contracts allow", Purpose.CONTRACT: "the terms of the source ended"}
_AT_WORK = "objects that nothing names: another run is at work"


class Night(Record):
    """What a night has taken on: things, and no document."""

    id: str
    at: datetime
    things: tuple[Due, ...]


class Removed(Record):
    """A night's things that are gone, by kind, and what was put off."""

    night: str
    counts: dict[str, int]
    put_off: tuple[str, ...]


@step
def remove_due(uri: str, dues: Dues) -> Removed:
    """Remove everything that is due but documents. Manifests go before what they name; safe to run again."""
    root = open_root(uri)
    night = _begun(root, dues)
    stale.apply(root, dues.stale)
    removable = [each for each in dues.things if each.kind != Kind.UNNAMED]
    _remember_ages(root, removable)
    for done, each in enumerate(removable, start=1):
        _remove(root, each)
        report("retain", done, len(removable))
    put_off = () if _sweep(root, [each for each in dues.things if each.kind == Kind.UNNAMED]) else (_AT_WORK,)
    leases.clear(root)
    gone = Counter(each.kind for each in night.things if not any(map(root.objects.exists, each.keys)))
    return Removed(night=night.id, counts=dict(sorted(gone.items())), put_off=put_off)


@step
def request_due(uri: str, dues: Dues, actor: str) -> list[str]:
    """Requests for the documents that are due, written down; and those of an earlier night that have no receipt yet."""
    made = [
        request_erasure(uri, _selector(each.source, each.documents), _WHY[each.purpose], actor, each.purpose)
        for each in dues.batches
    ]
    return [*dues.unfinished, *(each.id for each in made)]


@step
def record_night(
    uri: str,
    dues: Dues,
    removed: Removed,
    erased: Mapping[str, str],
    history: Mapping[str, int],
    put_off: Sequence[str],
    actor: str,
) -> Retained:
    """Write what a night did to the ledger, once, and let go of its plan. `erased` is request → error code, empty for success."""
    root = open_root(uri)
    unnamed.notice(root, dues.at)
    counts = {**removed.counts, **{kind: count for kind, count in history.items() if count}}
    done = tuple(request for request, error in erased.items() if not error)
    if counts or done:
        root.record(
            Draft(
                kind=EntryKind.RETENTION_ENFORCED,
                actor=actor,
                key=removed.night,
                run=run_id(),
                inputs=(f"retention:{dues.policy}",),
                outputs=tuple(f"receipt:{each}" for each in done),
                counts=counts,
                reasons=tuple(
                    sorted({each.reason for each in dues.things} | {code for each in dues.batches for code in each.reasons})
                ),
            )
        )
    for key in list(root.objects.list(_NIGHTS)):
        root.objects.delete(key)
    return Retained(
        at=dues.at,
        policy=dues.policy,
        removed=counts,
        requests=done,
        failed={request: error for request, error in erased.items() if error},
        held=dues.held,
        stale=dues.stale,
        put_off=(*removed.put_off, *put_off),
    )


def _begun(root: Root, dues: Dues) -> Night:
    """This night, written down, with what an earlier one that was cut off had removed already."""
    earlier = [root.manifests.record(key, Night) for key in sorted(root.objects.list(_NIGHTS))]
    mine = {each.keys for each in dues.things}
    gone = {
        each.keys: each
        for night in earlier
        for each in night.things
        if each.keys not in mine and not any(map(root.objects.exists, each.keys))
    }
    things = (*gone.values(), *dues.things)
    night = Night(id=digest([dues.at.isoformat(), [each.keys for each in things]])[:20], at=dues.at, things=things)
    root.objects.put(f"{_NIGHTS}{night.id}.json", canonical_json(night))
    for each in earlier:
        if each.id != night.id:
            root.objects.delete(f"{_NIGHTS}{each.id}.json")
    return night


def _remember_ages(root: Root, things: Sequence[Due]) -> None:
    """Captures say since when documents are here: that outlives them."""
    for source in sorted({each.keys[0].split("/")[1] for each in things if each.kind == Kind.CAPTURES and each.keys}):
        ages.keep(root, source)


def _remove(root: Root, thing: Due) -> None:
    for key in thing.keys:
        root.objects.delete(key)


def _sweep(root: Root, things: Sequence[Due]) -> bool:
    """Remove objects that nothing names, while no other run can begin to name one; False when one is at work."""
    if not things:
        return True
    with leases.alone(root) as free:
        if free:
            named = unnamed.named_digests(root)
            for each in things:
                if each.name not in named:
                    _remove(root, each)
    return free


def _selector(source: str, documents: tuple[str, ...]) -> Selector:
    return Selector(source=source) if source else Selector(documents=documents)
