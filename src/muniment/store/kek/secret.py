"""A key-encryption key whose 32 bytes this process may hold."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.errors import Forbidden

_NONCE = 12  # bytes


class SecretKek:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce and the context as associated data."""

    def __init__(self, uri: str, secret: bytes) -> None:
        self.uri, self._cipher = uri, AESGCM(secret)

    def wrap(self, key: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, key, context.encode())

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context.encode())
        except (InvalidTag, ValueError):
            raise refused(self.uri) from None


def refused(uri: str) -> Forbidden:
    """The error when a wrapped key does not open."""
    return Forbidden(
        f"The key-encryption key at {uri.partition(' ')[0]} is not the one that wrapped the keys of this root.",
        "Put the right key there, or restore encryption.json; `muniment keys rotate kek --to URI` is how it is changed.",
    )
