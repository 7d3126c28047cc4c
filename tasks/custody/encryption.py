"""Encryption at rest: turned on for a root, its keys replaced, everything sealed anew. Each can be killed and run again."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from muniment.errors import Forbidden, NotFound
from muniment.schemas.encryption import Encryption
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.backends import open_objects
from muniment.store.encryption.keychain import NAME, SETTLED
from muniment.store.encryption.sealed import FOREIGN
from muniment.store.kek.held import destroy_in_keyring, new_in_keyring
from muniment.store.root import Root, open_root
from muniment.tasks.custody import backup
from muniment.tasks.step import report

_KEYRING = "keyring:"
_AT_ONCE = 8  # objects that are sealed at a time: bytes travel while others are encrypted


class Sealing(Record):
    """How a root is encrypted. Never a key."""

    kek: str = ""  # address of the key-encryption key, or empty
    keys: tuple[str, ...] = ()  # ids of the data keys, the last one is in use
    sources: tuple[str, ...] = ()  # sources whose originals have a key
    sealed: int = 0  # objects that were sealed now
    bytes: int = 0  # and their bytes


def sealing(uri: str) -> Sealing:
    """How a root is encrypted."""
    return _said(open_root(uri))


def encrypt(uri: str, kek: str, actor: str) -> Sealing:
    """Seal everything that a root holds, and all that it will; the key-encryption key is at `kek` (`keyring:` makes one there).

    Raises `NotFound` or `Forbidden` when that key cannot be had; then nothing was changed.
    """
    root = open_root(uri)
    held = root.keychain.reload()
    if held is None:
        first = _address(root, kek)
        root.keychain.wrapped(first, bytes(32), "trial")  # before anything is written: that key can be had
        held = root.keychain.change(lambda now: now, first)
    elif kek not in (held.kek, _KEYRING):
        held = _rewrap(root, _address(root, kek))
    if not held.keys:
        _new_data_key(root)
    _record(root, actor)
    return reseal(uri, actor)


def rotate_kek(uri: str, to: str, actor: str) -> Sealing:
    """Wrap every key of the root, and of every backup that can be reached, with another key-encryption key; no object is touched.

    Without `to`, a keyring gets a new one, and a program is asked again (which may have a new one of its own).
    """
    root = open_root(uri)
    held = _encryption(root)
    if not to and not held.kek.startswith((_KEYRING, "command:")):
        raise Forbidden(f"{held.kek} holds one key.", "Put the new one at another address, and name that with --to.")
    made = _address(root, to or (_KEYRING if held.kek.startswith(_KEYRING) else held.kek))
    _rewrap(root, made)
    for each in backup.registered(root):
        if each.reachable and (copied := open_root(each.uri)).keychain.reload():
            _rewrap(copied, made)
    root.record(
        Draft(
            kind=EntryKind.KEY_WRAPPED,
            actor=actor,
            outputs=tuple(f"key:{each.id}" for each in held.keys),
            counts={"keys": len(held.keys) + len(held.sources)},
            reasons=(made.partition(":")[0].upper(),),
        )
    )
    return _said(root)


def rotate_data(uri: str, actor: str, everything: bool = False) -> Sealing:
    """Seal what is written from now on with a new data key; with `everything`, what is there too, and destroy the keys before it."""
    root = open_root(uri)
    if not _encryption(root).keys:
        raise NotFound("Nothing at rest is encrypted under this root.", "Turn it on: `muniment keys encrypt`.")
    _new_data_key(root)
    _record(root, actor)
    return reseal(uri, actor) if everything else _said(root)


def reseal(uri: str, actor: str) -> Sealing:
    """Seal with the data key in use what is plain or was sealed with another, then destroy all other data keys. Goes on where a killed
    run stopped."""
    root = open_root(uri)
    held = _encryption(root)
    if not held.keys:
        raise NotFound("Nothing at rest is encrypted under this root.", "Turn it on: `muniment keys encrypt`.")
    age = (datetime.now(UTC) - held.keys[-1].made).total_seconds()
    time.sleep(min(SETTLED, max(0.0, SETTLED - age)))  # from now on every process seals with the key in use
    count, size = _sweep(root)
    retired = [each.id for each in held.keys[:-1]]
    root.keychain.change(lambda now: now.model_copy(update={"keys": tuple(key for key in now.keys if key.id not in retired)}))
    for identifier in retired:
        root.record(Draft(kind=EntryKind.KEY_RETIRED, actor=actor, key=identifier, subjects=(f"key:{identifier}",)))
    return _said(root).model_copy(update={"sealed": count, "bytes": size})


def decrypt_to(uri: str, folder: Path, actor: str) -> int:
    """Write a copy of a root in which nothing at rest is sealed (originals stay so), for programs that have no key; gives how many
    objects. The ledger says who asked before the first is written. Raises `Forbidden` when something is there."""
    root = open_root(uri)
    if folder.exists() and any(folder.iterdir()):
        raise Forbidden(f"{folder} is not empty.", "Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = tuple(f"key:{each}" for each in _said(root).keys)
    root.record(Draft(kind=EntryKind.DECRYPTED, actor=actor, inputs=keys, counts={"keys": len(keys)}))
    written, out = 0, open_objects(str(folder))
    for key in root.objects.list(""):
        if key != NAME and not key.startswith(FOREIGN):
            written += out.put(key, root.objects.read(key))
    return written


def retire_kek(uri: str, identifier: str, actor: str) -> bool:
    """Destroy key-encryption keys of the keyring that nothing is wrapped with any more; False when `identifier` is none of them.

    Raises `Forbidden` while the root or a backup needs it, also one that cannot be reached to see."""
    root = open_root(uri)
    if identifier not in {each.id for each in root.vault.keks()}:
        return False
    held = root.keychain.reload()
    if held and held.kek == f"{_KEYRING}{identifier}":
        raise Forbidden(f"Key-encryption key {identifier} is in use.", "Replace it first: `muniment keys rotate kek`.")
    for each in backup.registered(root):
        copied = open_root(each.uri).keychain.reload() if each.reachable else None
        if not each.reachable or (copied and copied.kek == f"{_KEYRING}{identifier}"):
            raise Forbidden(
                f"Backup {each.id} may need key-encryption key {identifier}.",
                "`muniment keys rotate kek` when it can be reached, or `muniment backup forget`.",
            )
    destroy_in_keyring(root.vault.path, identifier)
    root.record(Draft(kind=EntryKind.KEY_RETIRED, actor=actor, key=identifier, subjects=(f"key:{identifier}",)))
    return True


def _sweep(root: Root) -> tuple[int, int]:
    """Objects and bytes that were sealed."""
    stale, sizes = list(root.objects.stale()), list[int]()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, size in enumerate(pool.map(root.objects.reseal, stale), start=1):
            sizes.append(size)
            report("seal", done, len(stale))
    return sum(map(bool, sizes)), sum(sizes)


def _address(root: Root, kek: str) -> str:
    return new_in_keyring(root.vault.path) if kek == _KEYRING else kek


def _rewrap(root: Root, kek: str) -> Encryption:
    return root.keychain.change(lambda held: root.keychain.rewrapped(held, kek))


def _new_data_key(root: Root) -> None:
    made = root.keychain.new_data_key(datetime.now(UTC))
    root.keychain.change(lambda held: held.model_copy(update={"keys": (*held.keys, made)}))


def _encryption(root: Root) -> Encryption:
    if held := root.keychain.reload():
        return held
    raise NotFound("This root has no key-encryption key.", "Turn encryption on: `muniment keys encrypt`.")


def _said(root: Root) -> Sealing:
    held = root.keychain.reload()
    return (
        Sealing(kek=held.kek, keys=tuple(each.id for each in held.keys), sources=tuple(held.sources)) if held else Sealing(kek="")
    )


def _record(root: Root, actor: str) -> None:
    """An entry for every data key, also one after which a process died."""
    for each in _encryption(root).keys:
        root.record(Draft(kind=EntryKind.KEY_ROTATED, actor=actor, key=each.id, outputs=(f"key:{each.id}",)))
