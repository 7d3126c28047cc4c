"""Keys, originals, backups."""

import getpass
from pathlib import Path

from muniment.schemas.backup import Backup
from muniment.store.root import open_root
from muniment.tasks.custody import backup, disclose, encryption, keys, restore


def keys_list(root: str = "") -> list[keys.Key]:
    """Every generation of the key that makes pseudonyms."""
    return keys.keys(root)


def keys_rotate(root: str = "", actor: str = "") -> keys.Key:
    """Make pseudonyms with a new key from the next promotion on."""
    return keys.rotate(root, actor or getpass.getuser())


def keys_retire(identifier: str, root: str = "", actor: str = "") -> keys.Key | encryption.Sealing:
    """Destroy an earlier pseudonym key, or a key-encryption key of the keyring that nothing needs, for good."""
    who = actor or getpass.getuser()
    return encryption.sealing(root) if encryption.retire_kek(root, identifier, who) else keys.retire(root, identifier, who)


def keys_status(root: str = "") -> encryption.Sealing:
    """How the root is encrypted."""
    return encryption.sealing(root)


def keys_encrypt(kek: str = "keyring:", root: str = "", actor: str = "") -> encryption.Sealing:
    """Encrypt what lies under a root, and all that will."""
    return encryption.encrypt(root, kek, actor or getpass.getuser())


def keys_rotate_kek(to: str = "", root: str = "", actor: str = "") -> encryption.Sealing:
    """Wrap every key of the root with another key-encryption key."""
    return encryption.rotate_kek(root, to, actor or getpass.getuser())


def keys_rotate_data(reencrypt: bool = False, root: str = "", actor: str = "") -> encryption.Sealing:
    """Seal with a new data key what comes, or everything."""
    return encryption.rotate_data(root, actor or getpass.getuser(), reencrypt)


def keys_reseal(root: str = "", actor: str = "") -> encryption.Sealing:
    """Seal with the data key in use whatever is not, then destroy the other data keys."""
    return encryption.reseal(root, actor or getpass.getuser())


def keys_decrypt(to: Path, root: str = "", actor: str = "") -> int:
    """Write a plain copy of an encrypted root; gives how many objects."""
    return encryption.decrypt_to(root, to, actor or getpass.getuser())


def original(document: str, user: str, root: str = "") -> disclose.Given:
    """A document's bytes as fetched, for its source's steward or owner who is cleared for it."""
    return disclose.disclose(root, document, user)


def backup_make(place: str, root: str = "", actor: str = "") -> Backup:
    """Make a copy of the root, or bring one up to date."""
    return backup.make_backup(root, place, actor or getpass.getuser())


def backup_list(root: str = "") -> list[backup.Place]:
    """Every registered backup, and whether it can be read now."""
    return backup.registered(open_root(root))


def backup_verify(place: str) -> backup.Checked:
    """Read a whole copy, and say what is wrong there."""
    return backup.verify_backup(place)


def backup_forget(identifier: str, reason: str, root: str = "", actor: str = "") -> Backup:
    """Say that a backup was destroyed or is lost for good."""
    return backup.forget_backup(root, identifier, reason, actor or getpass.getuser())


def backup_restore(place: str, to: str, journal: str = "", no_journal_because: str = "", actor: str = "") -> restore.Restored:
    """Restore a copy to an empty place, without what was erased since."""
    return restore.restore(place, to, actor or getpass.getuser(), journal, no_journal_because)
