"""Generations of the pseudonym key: which there are, what they made, and how they are replaced."""

from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root


class Key(Record):
    """A generation of the pseudonym key, and the kept snapshots whose pseudonyms it made. Never the key."""

    id: str
    state: str  # in use, kept, retired
    snapshots: tuple[str, ...]


def keys(uri: str) -> list[Key]:
    """Every generation, the oldest first; none when none was needed yet. One that only a snapshot knows is of another keyring."""
    root = open_root(uri)
    held = root.vault.generations()
    states = {each.id: "retired" if each.retired else "kept" for each in held}
    if held:
        states[held[-1].id] = "in use"
    used = _used(root)
    return [
        Key(id=identifier, state=states.get(identifier, "not in this keyring"), snapshots=tuple(used.get(identifier, ())))
        for identifier in (*sorted(used.keys() - states.keys()), *states)
    ]


def rotate(uri: str, actor: str) -> Key:
    """Use a new key for pseudonyms from the next promotion on; the one before is kept."""
    root = open_root(uri)
    made = root.vault.rotate()
    _written_down(root, actor)
    return next(each for each in keys(uri) if each.id == made.id)


def retire(uri: str, identifier: str, actor: str) -> Key:
    """Destroy an earlier key: nobody can tell any more whose pseudonyms it made. Raises `NotFound`, `Forbidden`."""
    root = open_root(uri)
    root.vault.retire(identifier)
    _written_down(root, actor)
    return next(each for each in keys(uri) if each.id == identifier)


def _written_down(root: Root, actor: str) -> None:
    """An entry of the ledger for every change of the keyring, also one after which a process died."""
    for each in root.vault.generations():
        root.record(Draft(kind=EntryKind.KEY_ROTATED, actor=actor, key=each.id, outputs=(f"key:{each.id}",)))
        if each.retired:
            root.record(Draft(kind=EntryKind.KEY_RETIRED, actor=actor, key=each.id, subjects=(f"key:{each.id}",)))


def _used(root: Root) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    for snapshot in root.manifests.all("snapshots", Snapshot):
        for identifier in sorted({part.pseudonym_key for part in snapshot.parts if part.pseudonym_key}):
            used.setdefault(identifier, []).append(snapshot.id)
    return used
