"""One way to turn a record into bytes, and bytes into a digest, so that equal things have equal names."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no NaN: the same value gives the same bytes everywhere.

    Takes pydantic records and JSON-serialisable values, nested as they like; raises `ValueError` for NaN and infinities.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain).encode()


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def sha256(payload: bytes) -> str:
    """SHA-256 (FIPS 180-4) of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(payload).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a record or value."""
    return sha256(canonical_json(value))
