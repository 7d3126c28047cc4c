"""Which key-encryption key an address names."""

from pathlib import Path
from typing import Protocol

from muniment.errors import NotFound
from muniment.store.kek import held
from muniment.store.kek.program import ProgramKek
from muniment.store.kek.secret import SecretKek


class Kek(Protocol):
    """Wraps keys of 32 bytes. `context` says whose key it is and what for; unwrapping with another context fails."""

    uri: str

    def wrap(self, key: bytes, context: str) -> bytes:
        """The key, so that only this key-encryption key gives it back."""

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """The key again; raises `Forbidden` when another key-encryption key or another context wrapped it."""


def open_kek(uri: str, keyring: Path) -> Kek:
    """The key-encryption key at an address; raises `NotFound` or `Forbidden` that say what is missing."""
    scheme, _, rest = uri.partition(":")
    if scheme == "command" and rest.strip():
        return ProgramKek(uri, rest)
    if scheme == "file" and rest:
        return SecretKek(uri, held.in_file(Path(rest)))
    if scheme == "env" and rest:
        return SecretKek(uri, held.in_environment(rest))
    if scheme == "keyring" and rest:
        return SecretKek(uri, held.in_keyring(keyring, rest))
    raise NotFound(
        f"{uri!r} is not the address of a key-encryption key.",
        "Give keyring:, file:PATH, env:NAME or command:PROGRAM ARGUMENTS.",
    )
