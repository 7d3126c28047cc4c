"""One original: compressed, then encrypted under a key that nothing else is encrypted with, which is itself wrapped.

The key is used once, so that its nonce may be zero (NIST SP 800-38D, 8.2.1: unique for each key). What binds it is the document's id and
the digest of the bytes, as associated data of both the original and its key.
"""

import secrets
from typing import NamedTuple

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.errors import Corrupt

_NONCE, _ONCE = 12, bytes(12)
_CODEC = "zstd"


class SealedOriginal(NamedTuple):
    """An original as it lies in a pack, and its wrapped key (60 bytes)."""

    payload: bytes
    wrapped: bytes


def seal_original(raw: bytes, doc_id: str, raw_hash: bytes, source_key: bytes) -> SealedOriginal:
    """Compress and encrypt one original under a new key, and wrap that under the source's."""
    key, nonce, bound = secrets.token_bytes(32), secrets.token_bytes(_NONCE), doc_id.encode() + raw_hash
    payload = AESGCM(key).encrypt(_ONCE, pa.compress(raw, codec=_CODEC, asbytes=True), bound)
    return SealedOriginal(payload, nonce + AESGCM(source_key).encrypt(nonce, key, bound))


def open_original(sealed: SealedOriginal, size: int, doc_id: str, raw_hash: bytes, source_key: bytes) -> bytes:
    """The bytes as fetched; raises `Corrupt` when they, their key, or whose they are was changed."""
    bound = doc_id.encode() + raw_hash
    try:
        key = AESGCM(source_key).decrypt(sealed.wrapped[:_NONCE], sealed.wrapped[_NONCE:], bound)
        compressed = AESGCM(key).decrypt(_ONCE, sealed.payload, bound)
    except (InvalidTag, ValueError):
        raise Corrupt(f"The original of {doc_id} does not open with its key.", "Restore it from a backup.") from None
    return pa.decompress(compressed, size, codec=_CODEC, asbytes=True) if size else b""
