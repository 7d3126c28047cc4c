"""What erasures leave behind on purpose: plans and needles, receipts, and tombstones that have expired."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.erasure import Receipt
from muniment.schemas.retention import Due
from muniment.schemas.tombstone import Kind as Bar
from muniment.store.root import Root
from muniment.tasks.retain.windows import cut
from muniment.tasks.tombstones import records

_FOLDER = "erasures/"
_PROOF = ("request.json", "receipt.json")  # these stay together, as long as receipts are kept


def find(root: Root, policy: Retention, at: datetime) -> Iterator[Due]:
    """Of proven erasures alone: what is not proven is still needed."""
    needles, receipts = (cut(policy.window[kind], at) for kind in (Kind.NEEDLES, Kind.RECEIPTS))
    for identifier, names in _requests(root).items():
        if "receipt.json" not in names:
            continue
        receipt = root.manifests.record(f"{_FOLDER}{identifier}/receipt.json", Receipt)
        if not receipt.proven:
            continue
        if receipts and receipt.finished <= receipts:
            yield _due(Kind.RECEIPTS, identifier, sorted(names, key=_proof_last), receipt.finished)
        elif needles and receipt.finished <= needles and (rest := sorted(name for name in names if not _proof(name))):
            yield _due(Kind.NEEDLES, identifier, rest, receipt.finished)


def tombstones(root: Root, policy: Retention, at: datetime) -> Iterator[Due]:
    """Tombstones of which every bar has ended, by what they said when they were laid."""
    before = cut(policy.window[Kind.TOMBSTONES], at)
    if before is None:
        return
    found, lifted = records.laid(root)
    for identifier in sorted(found):
        tombstone = records.read(root, identifier)
        if set(Bar) <= set(tombstone.expires) and (ended := max(tombstone.expires.values())) <= before:
            columns = [each.digest for each in (tombstone.marks, tombstone.bands) if each]
            keys = (*records.keys_of(identifier, identifier in lifted), *map(records.columns_of(root).key, columns))
            yield Due(kind=Kind.TOMBSTONES, name=identifier, keys=keys, since=ended, reason="EXPIRED")


def _requests(root: Root) -> dict[str, list[str]]:
    """Request → names of the files that are kept about it."""
    found = defaultdict[str, list[str]](list)
    for key in root.objects.list(_FOLDER):
        identifier, _, name = key.removeprefix(_FOLDER).partition("/")
        found[identifier].append(name)
    return dict(found)


def _proof(name: str) -> bool:
    return name in _PROOF or name.startswith("receipt.")


def _proof_last(name: str) -> tuple[bool, str]:
    # A request without a receipt would be carried out again: it goes before its receipt does.
    return name.startswith("receipt."), name


def _due(kind: Kind, identifier: str, names: list[str], since: datetime) -> Due:
    keys = tuple(f"{_FOLDER}{identifier}/{name}" for name in names)
    return Due(kind=kind, name=identifier, keys=keys, since=since, reason="PROVEN")
