"""One way to turn a record into bytes, and bytes into a digest, so that equal things have equal names."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no NaN: the same value gives the same bytes everywhere.

    Takes a pydantic record or any JSON-serialisable value; raises `ValueError` for NaN and infinities.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(payload: bytes) -> str:
    """SHA-256 (FIPS 180-4) of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(payload).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a record or value."""
    return sha256(canonical_json(value))
