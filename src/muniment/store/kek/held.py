"""Where the 32 bytes of a key-encryption key lie: in a file, in the environment, or in the keyring of the root."""

import os
from contextlib import suppress
from pathlib import Path

from muniment.errors import Forbidden, NotFound
from muniment.store import keyring
from muniment.store.keyring import Generation

_MAKE = "openssl rand -hex 32"


def in_file(path: Path) -> bytes:
    """From a file that only its owner can read: 64 hexadecimal digits, or 32 bytes."""
    path = path.expanduser()
    try:
        if path.stat().st_mode & 0o077:
            raise Forbidden(f"Others than its owner can read the key-encryption key {path}.", f"chmod 600 {path}")
        return _key(path.read_bytes(), str(path))
    except OSError as error:
        remedy = f"Restore it, or for a new root make one: (umask 077; {_MAKE} > {path})"
        raise NotFound(f"The key-encryption key {path} cannot be read ({type(error).__name__}).", remedy) from None


def in_environment(name: str) -> bytes:
    """From an environment variable: 64 hexadecimal digits."""
    if not (value := os.environ.get(name)):
        raise NotFound(
            f"${name}, which holds the key-encryption key, is not set.",
            f"Set it to the 64 hexadecimal digits that were used before; for a new root: export {name}=$({_MAKE})",
        )
    return _key(value.encode(), f"${name}")


def in_keyring(path: Path, identifier: str) -> bytes:
    """A generation in the root's keyring."""
    for each in keyring.read(path).keks:
        if each.id == identifier and not each.retired:
            return bytes.fromhex(each.key)
    raise NotFound(
        f"The keyring {path} has no key-encryption key {identifier}.", "Set MUNIMENT_KEYRING to the keyring of this root."
    )


def new_in_keyring(path: Path) -> str:
    """Make a key-encryption key in the keyring; gives its address."""
    made = keyring.new_generation("key-encryption")
    with keyring.alone(path) as held:
        keyring.replace(path, held.model_copy(update={"keks": (*held.keks, made)}))
    return f"keyring:{made.id}"


def destroy_in_keyring(path: Path, identifier: str) -> None:
    """Destroy a key-encryption key: what it wraps opens no more."""
    with keyring.alone(path) as held:
        kept = tuple(Generation(id=each.id) if each.id == identifier else each for each in held.keks)
        keyring.replace(path, held.model_copy(update={"keks": kept}))


def _key(payload: bytes, where: str) -> bytes:
    if len(payload) == 32:
        return payload
    with suppress(ValueError, UnicodeDecodeError):
        if len(key := bytes.fromhex(payload.decode().strip())) == 32:
            return key
    raise Forbidden(f"What {where} holds is not a key of 32 bytes.", f"It must be 64 hexadecimal digits: {_MAKE}")
