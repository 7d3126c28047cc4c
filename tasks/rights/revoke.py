"""Licences that were taken back: written down, and looked up when documents are judged."""

from datetime import UTC, date, datetime

from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.revocation import Revocation
from muniment.store.root import Root, open_root

_FOLDER = "revocations/"


def revoke_licence(uri: str, licence: str, source: str, effective: date, reason: str, actor: str) -> Revocation:
    """Write down that a licence does not hold from a day on: from its next judgement on, what hangs on it is held."""
    root, now = open_root(uri), datetime.now(UTC)
    name = digest([licence, source, effective.isoformat()])[:20]
    made = Revocation(id=name, licence=licence, source=source, effective=effective, reason=reason, actor=actor, at=now)
    root.objects.put(f"{_FOLDER}{name}.json", canonical_json(made))
    subjects = (f"licence:{licence}", *((f"source:{source}",) if source else ()))
    root.record(Draft(kind=EntryKind.LICENCE_REVOKED, actor=actor, key=name, subjects=subjects, outputs=(f"revocation:{name}",)))
    return revocation(root, name)


def revocation(root: Root, identifier: str) -> Revocation:
    """One revocation; raises `NotFound`."""
    return root.manifests.record(f"{_FOLDER}{identifier}.json", Revocation)


def revocations(root: Root, source: str = "", on: date | None = None) -> list[Revocation]:
    """All revocations, or those that reach a source, or those that are effective on a day."""
    kept = (root.manifests.record(key, Revocation) for key in sorted(root.objects.list(_FOLDER)))
    return [each for each in kept if (not source or each.source in ("", source)) and (on is None or each.effective <= on)]
