"""Backups: copies of a root that an erasure reaches.

A copy has the layout of the root, without keys in the clear and without what can be made again. What has the digest of its content as its name is
copied once; what leads to it comes after it, refs last, and what the root has no more goes at the end. So a copy whose making was killed
leads to nothing that is not there.
"""

from datetime import UTC, datetime
from pathlib import Path

from muniment.errors import Corrupt, Forbidden, MunimentError, NotFound, StaleRef
from muniment.schemas.backup import ORIGIN, Backup, Origin
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.encryption import Encryption
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.backends import open_objects
from muniment.store.encryption.keychain import NAME as KEYS
from muniment.store.encryption.sealed import FOREIGN
from muniment.store.heads import KEY as HEAD
from muniment.store.mirror import copy_changed, copy_new, put_latest
from muniment.store.objects import Objects
from muniment.store.root import Root, open_root
from muniment.tasks.erasure import copies
from muniment.tasks.step import report

_FOLDER = "backups/"
# Made again from the rest; and what is written in its own way.
_NOT_COPIED = (*FOREIGN, "work/", "scratch/", "holdings/", "root.json", KEYS, ORIGIN, "restoring.json")
_CONTENT = ("objects/", "derived/", "signatures/", "models/")  # named by digest
_FIRST = ("refs/", "checkpoints/", HEAD)  # read before all else: what they speak of is then there when it is copied
_PASSES = 5


class Place(Record):
    """A registered backup, and whether it could be read just now."""

    id: str
    uri: str
    reachable: bool
    made: datetime | None = None  # when it was last made whole; None: only begun
    copied: int = 0
    bytes: int = 0


class Checked(Record):
    """What was looked at in a backup, and what is wrong there."""

    objects: int
    manifests: int
    entries: int
    problems: tuple[str, ...]


def registered(root: Root) -> list[Place]:
    """Every backup that was ever begun from this root and not forgotten. It has the layout of a root: `open_root(each.uri)`."""
    return [_place(each) for each in _records(root) if not each.forgotten]


def make_backup(uri: str, destination: str, actor: str) -> Backup:
    """Bring a copy of the root up to date, or make one. Raises `Forbidden` when something else is there, `StaleRef` when the root
    changed faster than it could be copied. Safe to run again after any end."""
    root = open_root(uri)
    _require_there(root, destination)
    target = open_objects(destination)
    before = _origin(root, target)
    record = _begin(root, target, before)
    shown = _shown(root.stored)
    sequence = root.ledger.tail()
    _hand_over_keys(root, target)
    copied = _copy(root, target, before)
    for key, payload in shown.items():
        copied |= {key: len(payload)} if put_latest(target, key, payload) else {}
    kept = _tidy(root, target, shown)
    if held := root.keychain.reload():
        put_latest(target, KEYS, root.stored.read(KEYS))
    keys = tuple(each.id for each in held.keys) if held else ()
    now = before.model_copy(update={"made": record.begun, "sequence": sequence, "keys": keys})
    put_latest(target, ORIGIN, canonical_json(now))
    done = record.model_copy(
        update={
            "made": record.begun, "sequence": sequence, "objects": kept, "copied": len(copied), "bytes": sum(copied.values())
        }
    )  # fmt: skip
    root.manifests.keep(f"{_FOLDER}{done.id}.json", done)
    counts = {"objects": kept, "copied": len(copied), "bytes": done.bytes, "sequence": sequence}
    root.record(Draft(kind=EntryKind.BACKED_UP, actor=actor, outputs=(f"backup:{done.id}",), counts=counts))
    return done


def verify_backup(uri: str) -> Checked:
    """Look at every object, manifest and entry of a copy; raises `NotFound` when none is there, `Corrupt` when it was never whole."""
    copy = open_copy(uri)
    problems, objects, manifests = list[str](), 0, 0
    for digest in copies.objects(copy):
        objects += 1
        if sha256(copy.objects.read(copies.key_of(digest))) != digest:
            problems.append(f"object {digest} does not match its name")
    for folder, manifest in copies.manifests(copy):
        manifests += 1
        lost = [name for name, stored in copies.named(manifest).items() if not copy.objects.exists(stored.key)]
        problems += [f"{folder}/{manifest.id} names object {name}, which is not there" for name in lost]
    entries = sum(1 for _ in copy.ledger.since(0))
    try:
        copy.ledger.verify()
    except MunimentError as error:
        problems.append(error.message)
    return Checked(objects=objects, manifests=manifests, entries=entries, problems=tuple(problems))


def forget_backup(uri: str, identifier: str, reason: str, actor: str) -> Backup:
    """Ask for a backup no more, which was destroyed or is lost for good; raises `NotFound`."""
    root = open_root(uri)
    held = next((each for each in _records(root) if each.id == identifier), None)
    if held is None:
        raise NotFound(f"No backup {identifier} is registered.", "List them: `muniment backup list`.")
    gone = held.model_copy(update={"forgotten": datetime.now(UTC), "reason": reason})
    root.manifests.keep(f"{_FOLDER}{identifier}.json", gone)
    root.record(Draft(kind=EntryKind.BACKUP_FORGOTTEN, actor=actor, subjects=(f"backup:{identifier}",)))
    return gone


def open_copy(uri: str) -> Root:
    """A copy as the root that it has the layout of; raises `NotFound` when there is none, `Corrupt` when it was never whole."""
    if not is_there(uri, ORIGIN):
        raise NotFound(f"No backup can be read at {uri}.", "Check the address, or that the disk is mounted.")
    copy = Root(uri)
    if _parsed(copy.stored).made is None:
        raise Corrupt(f"The backup at {uri} was never whole.", "Run `muniment backup make` again, or take another one.")
    return copy


def is_there(uri: str, key: str) -> bool:
    """Whether a key can be read at an address now. Creates nothing: a disk that is not mounted must not look like an empty one."""
    if not uri.startswith("s3://"):
        return (Path(uri.removeprefix("file://")).expanduser() / key).is_file()
    try:
        return open_objects(uri).exists(key)
    except MunimentError:
        return False


def _require_there(root: Root, destination: str) -> None:
    """A backup that was whole and is not there now is on a disk that is not mounted: it must not be begun anew below the mount point."""
    place = destination.rstrip("/") if destination.startswith("s3://") else str(Path(destination).expanduser().resolve())
    for each in _records(root):
        if each.uri == place and each.made and not each.forgotten and not is_there(place, ORIGIN):
            raise NotFound(
                f"Backup {each.id} is not at {place} any more.",
                f"Mount its disk. If it is lost: `muniment backup forget {each.id}`, then run this again.",
            )


def _records(root: Root) -> list[Backup]:
    return [root.manifests.record(key, Backup) for key in root.objects.list(_FOLDER)]


def _place(each: Backup) -> Place:
    found = is_there(each.uri, ORIGIN) and _parsed(open_objects(each.uri)).backup == each.id
    return Place(id=each.id, uri=each.uri, reachable=found, made=each.made, copied=each.copied, bytes=each.bytes)


def _origin(root: Root, target: Objects) -> Origin:
    """What the target says of itself, or will say; raises `Forbidden` when it is something else than a copy of this root."""
    remedy = "Name an empty place, or the backup of this root."
    if target.exists(ORIGIN):
        held = _parsed(target)
        if held.key_id != root.vault.key_id:
            raise Forbidden(f"{target.uri} is a backup of another root.", remedy)
        return held.model_copy(update={"root": root.uri})
    if any(True for _ in target.list("")):
        raise Forbidden(f"{target.uri} is not empty and no backup.", remedy)
    return Origin(backup=sha256(f"{root.vault.key_id} {target.uri}".encode())[:12], root=root.uri, key_id=root.vault.key_id)


def _begin(root: Root, target: Objects, origin: Origin) -> Backup:
    """Registered before the first byte is copied: an erasure must know of every copy, also of one that was only begun."""
    now = datetime.now(UTC)
    held = next((each for each in _records(root) if each.id == origin.backup), None)
    record = Backup(id=origin.backup, uri=target.uri, begun=now)
    if held:
        record = held.model_copy(update={"uri": target.uri, "begun": now, "forgotten": None, "reason": ""})
    root.manifests.keep(f"{_FOLDER}{record.id}.json", record)
    put_latest(target, ORIGIN, canonical_json(origin))
    put_latest(target, "root.json", root.stored.read("root.json"))
    return record


def _hand_over_keys(root: Root, target: Objects) -> None:
    """The target's keys while it is made: those of the root, and those that it may still need for what it holds."""
    held = root.keychain.reload()
    if held is None:
        return
    copy = Root(target.uri).keychain
    if mine := copy.reload():
        known = {each.id for each in held.keys}
        again = copy.rewrapped(mine, held.kek) if mine.kek != held.kek else mine
        held = held.model_copy(update={"keys": (*(each for each in again.keys if each.id not in known), *held.keys)})
    put_latest(target, KEYS, canonical_json(Encryption.model_validate(held)))


def _copy(root: Root, target: Objects, before: Origin) -> dict[str, int]:
    """Copy until a pass finds nothing new; gives bytes by key."""
    held = root.keychain.encryption()
    alike = before.keys == (tuple(each.id for each in held.keys) if held else ())
    copied, seen = dict[str, int](), set[str]()
    for _ in range(_PASSES):
        new = [key for key in _listed(root.stored) if key not in seen]
        if not new:
            return copied
        there = set(_listed(target))
        content = [key for key in new if _by_content(key)]
        copied |= copy_new(root.stored, target, [key for key in content if key not in there])
        if not alike:  # what was sealed anew keeps its name
            copied |= copy_changed(root.stored, target, [key for key in content if key in there])
        rest = [key for key in new if not _by_content(key) and not _known(key, before)]
        for done in range(0, len(rest), 1000):
            report("copy", done, len(rest))
            copied |= copy_changed(root.stored, target, rest[done : done + 1000])
        seen |= set(new)
    raise StaleRef("The root changed all the time while it was copied.", "Run `muniment backup make` again when less goes on.")


def _tidy(root: Root, target: Objects, shown: dict[str, bytes]) -> int:
    """Remove what the root has no more; gives how many keys the target holds."""
    wanted, kept = {*_listed(root.stored), *shown}, 0
    for key in list(_listed(target)):
        if key in wanted:
            kept += 1
        else:
            target.delete(key)
    for prefix in ("work/", "scratch/", "holdings/"):  # of an erasure that was carried out there
        for key in list(target.list(prefix)):
            target.delete(key)
    return kept


def _listed(stored: Objects) -> list[str]:
    """Keys that are copied."""
    return [key for key in stored.list("") if not key.startswith(_NOT_COPIED)]


def _shown(stored: Objects) -> dict[str, bytes]:
    """What must be read before all else."""
    keys = [*stored.list("refs/"), *stored.list("checkpoints/"), *([HEAD] if stored.exists(HEAD) else [])]
    return {key: stored.read(key) for key in keys}


def _by_content(key: str) -> bool:
    return key.startswith(_CONTENT) or key.endswith(".pack")


def _known(key: str, before: Origin) -> bool:
    """Whether a key was copied before and never changes: an entry of the ledger."""
    if key.startswith(_FIRST):
        return True
    return key.startswith("ledger/") and before.made is not None and int(key[7:27]) <= before.sequence


def _parsed(stored: Objects) -> Origin:
    try:
        return Origin.model_validate_json(stored.read(ORIGIN))
    except ValueError:
        raise Corrupt(f"{stored.uri}/{ORIGIN} cannot be read.", "Make the backup again at another place.") from None
