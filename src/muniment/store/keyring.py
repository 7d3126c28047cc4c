"""The keyring file: read whole, written whole or not at all, and only by its owner."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import Field, ValidationError

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.source import Record


class Generation(Record):
    """One generation of a key that is replaced from time to time. Without a key it is retired."""

    id: str  # 16 hexadecimal digits of a digest of the key
    key: str = Field(default="", repr=False)  # 32 bytes, hexadecimal

    @property
    def retired(self) -> bool:
        """Whether the key was destroyed."""
        return not self.key


class Keyring(Record):
    """All keys of a root."""

    identity: str = Field(repr=False)  # 32 bytes, hexadecimal
    signing: str = Field(repr=False)  # Ed25519 private key, 32 bytes, hexadecimal
    pseudonyms: tuple[Generation, ...] = ()  # the last one is in use
    keks: tuple[Generation, ...] = ()  # key-encryption keys; encryption.json says which is in use

    def with_pseudonyms(self, *generations: Generation) -> "Keyring":
        """The same with these generations."""
        return self.model_copy(update={"pseudonyms": generations})


def new_generation(purpose: str = "pseudonym") -> Generation:
    """A random one."""
    key = secrets.token_bytes(32)
    return Generation(id=sha256(f"muniment {purpose} key id".encode() + key)[:16], key=key.hex())


def create(path: Path) -> None:
    """Write a new keyring; a process that loses the race leaves the winner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = _staged(path, Keyring(identity=secrets.token_hex(32), signing=secrets.token_hex(32)))
    with suppress(FileExistsError):
        os.link(staged, path)
    staged.unlink()


def read(path: Path) -> Keyring:
    """The keyring as it is now; raises `NotFound` or `Corrupt`."""
    try:
        return Keyring.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"The keyring {path} is gone.", "Restore it from a backup: ids cannot be made without it.") from None
    except ValidationError:
        raise Corrupt(f"The keyring {path} cannot be read.", "Restore it from a backup: ids cannot be made without it.") from None


def replace(path: Path, keyring: Keyring) -> None:
    """Put a changed keyring in the place of the old one, in one step."""
    os.replace(_staged(path, keyring), path)


@contextmanager
def alone(path: Path) -> Iterator[Keyring]:
    """The keyring, while no other process of this machine may change it."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read(path)


def _staged(path: Path, keyring: Keyring) -> Path:
    """A file beside the keyring that only its owner can read, on disk when this returns."""
    staged = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(canonical_json(keyring))
        file.flush()
        os.fsync(file.fileno())
    return staged
