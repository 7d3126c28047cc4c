"""Names that do not reveal what they name."""

import hmac


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 (RFC 2104) over the parts, separated by NUL, as 64 hexadecimal digits."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()


def document_id(key: bytes, source: str, native_key: str) -> str:
    """The id of a document: 32 hexadecimal digits that stay while source and native key stay.

    Keyed, so that an id which remains in the ledger after an erasure does not tell which document it was.
    """
    return keyed_hash(key, source, native_key)[:32]
