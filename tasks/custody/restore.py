"""A root from one of its copies, without what was erased since the copy was made, and read by whom it may be read now.

Refs come last: until everything that was erased is gone again, nothing of it is shown. What was erased stands in the journal, the requests and
tombstones of the living root or of whatever knows most of them. Without one nothing is restored, unless somebody says why.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from muniment.errors import Forbidden, NotFound, Superseded
from muniment.schemas.backup import ORIGIN, Backup, Origin, Restoring
from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Plan, Request
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.backends import open_objects
from muniment.store.mirror import copy_changed, copy_new, put_latest
from muniment.store.objects import Objects
from muniment.store.root import Root, open_root
from muniment.store.vault import keyring_path
from muniment.tasks.access import claims, principals
from muniment.tasks.access.changes import enter_all
from muniment.tasks.custody.backup import is_there, open_copy
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.evaluation.remove import carry_over
from muniment.tasks.step import report

_MARKER = "restoring.json"
# What the journal knows of erasures, of what must not be served or must be kept, and of who may read.
_JOURNAL = ("erasures/", "tombstones/", "withheld/", "holds/", "access/", "backups/")
_PEOPLE = (principals.KEY, claims.KEY)  # who is who, and in which groups, as the journal has it: who left one stays out of it
_LAST = "refs/"


class Restored(Record):
    """What came back, and what did not."""

    root: str
    backup: str
    made: datetime  # when the copy was made
    journal: str  # address of the root whose erasures were carried out again; empty: none
    requests: int  # that were carried out
    documents: int  # that these name
    objects: int


def restore(copy: str, to: str, actor: str, journal: str = "", because: str = "") -> Restored:
    """Restore a copy to an empty place, or go on where a killed restore stopped.

    Raises `NotFound` when there is no whole copy, `Forbidden` when something else is there or no journal can be read, `Superseded` when
    the journal knows less than the copy.
    """
    held = open_copy(copy)
    origin = Origin.model_validate_json(held.stored.read(ORIGIN))
    knowing = _journal(origin, held, to, journal, because)
    target = open_objects(to)
    _claim(target, Restoring(backup=held.uri, journal=knowing.uri if knowing else "", because=because))
    _take_keyring(held, target)
    count = _copy(held.stored, target)
    root = Root(to)
    root.lineage.discard()
    done = list(_replay(root, held, knowing)) if knowing else []
    enter_all(root)
    copy_changed(held.stored, target, list(held.stored.list(_LAST)))
    if knowing:
        carry_over(root, knowing, actor)
    root.manifests.keep(f"backups/{origin.backup}.json", _registered(root, origin, held.uri))
    _record(root, origin, knowing, because, actor, len(done))
    target.delete(_MARKER)
    open_root.cache_clear()
    made = origin.made or datetime.now(UTC)
    documents = len({document for plan in done for document in plan.documents})
    uri = knowing.uri if knowing else ""
    return Restored(
        root=root.uri, backup=origin.backup, made=made, journal=uri, requests=len(done), documents=documents, objects=count
    )


def _journal(origin: Origin, held: Root, to: str, named: str, because: str) -> Root | None:
    """The root that knows what was erased since the copy was made; None when somebody said why there is none."""
    uri = named or origin.root
    if named and open_objects(named).uri == held.uri:
        raise Forbidden("A backup cannot tell what was erased since it was made.", "Name the living root, or a newer backup.")
    if not is_there(uri, "root.json") or is_there(uri, _MARKER):
        if because and not named:
            return None
        raise Forbidden(
            f"What was erased since {origin.made:%Y-%m-%d %H:%M} cannot be known: {uri} cannot be read.",
            "Name a root or newer backup that knows it with --journal; if there is none at all: --no-journal-because REASON.",
        )
    journal = Root(uri)
    _ = journal.vault  # the same keyring, or its ids mean nothing here
    if journal.ledger.tail() < origin.sequence:
        raise Superseded(f"{uri} knows less than the backup: its ledger ends before.", "Name a newer journal with --journal.")
    return journal


def _claim(target: Objects, restoring: Restoring) -> None:
    """Mark the target as one that is being restored; raises `Forbidden` when something else is there."""
    if target.exists(_MARKER):
        begun = Restoring.model_validate_json(target.read(_MARKER))
        if begun.backup == restoring.backup:
            put_latest(target, _MARKER, canonical_json(restoring))
            return
    if any(True for _ in target.list("")):
        raise Forbidden(f"{target.uri} is not empty.", "Restore to an empty place, then point MUNIMENT_ROOT at it.")
    target.put(_MARKER, canonical_json(restoring))


def _take_keyring(held: Root, target: Objects) -> None:
    """A root that is restored beside another one on this machine needs the same keyring at the place where it is looked for."""
    source, place = held.keyring(), keyring_path(target.uri)
    if place.exists() or place == source:
        return
    if not source.exists():
        raise NotFound(f"The keyring of the root is not at {source}.", "Set MUNIMENT_KEYRING to where it is: no backup holds it.")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch(0o600)
    shutil.copyfile(source, place)


def _copy(held: Objects, target: Objects) -> int:
    keys = [key for key in held.list("") if not key.startswith((_LAST, "keys/", "lineage.", "work/", "scratch/")) and key != ORIGIN]
    copy_changed(held, target, [key for key in keys if key in ("root.json", "encryption.json")])
    for done in range(0, len(keys), 1000):
        report("copy", done, len(keys))
        copy_new(held, target, keys[done : done + 1000])
    return len(keys)


def _replay(root: Root, held: Root, journal: Root) -> Iterator[Plan]:
    """Carry out again what the journal says was asked for and the copy does not know to be done."""
    for prefix in _JOURNAL:
        for key in journal.objects.list(prefix):
            if key.rpartition("/")[2] != "receipt.json":
                put_latest(root.objects, key, journal.objects.read(key))
    for key in _PEOPLE:
        if journal.objects.exists(key):
            put_latest(root.objects, key, journal.objects.read(key))
        else:
            root.objects.delete(key)
    asked = [journal.manifests.record(key, Request) for key in journal.objects.list("erasures/") if key.endswith("/request.json")]
    for each in sorted(asked, key=lambda request: request.at):
        receipt = f"erasures/{each.id}/receipt.json"
        if not held.objects.exists(receipt):
            yield _carry_out(root, each.id)
        if journal.objects.exists(receipt):
            put_latest(root.objects, receipt, journal.objects.read(receipt))


def _carry_out(root: Root, request: str) -> Plan:
    plan = plan_erasure(root.uri, request)
    rewrite_copies(root.uri, plan)
    return plan


def _registered(root: Root, origin: Origin, uri: str) -> Backup:
    """The copy that this came from holds a copy of this root too: the next erasure must reach it."""
    key = f"backups/{origin.backup}.json"
    if root.objects.exists(key):
        return root.manifests.record(key, Backup)
    return Backup(id=origin.backup, uri=uri, begun=origin.made or datetime.now(UTC), made=origin.made, sequence=origin.sequence)


def _record(root: Root, origin: Origin, journal: Root | None, because: str, actor: str, requests: int) -> None:
    """Who said why no journal was at hand stands beside the ledger, which holds no words."""
    now = datetime.now(UTC)
    if because:
        root.manifests.keep(f"restores/{now:%Y%m%dT%H%M%S}.json", Restoring(backup=origin.backup, journal="", because=because))
    root.record(
        Draft(
            kind=EntryKind.RESTORED,
            actor=actor,
            inputs=(f"backup:{origin.backup}",),
            counts={"requests": requests, "sequence": origin.sequence, "journal": journal.ledger.tail() if journal else 0},
            reasons=() if journal else ("NO_JOURNAL",),
        )
    )
