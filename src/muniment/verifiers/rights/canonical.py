"""Canonical JSON: one text for one value, so that a hash over it has one meaning."""

import json
from typing import Any

from .finding import Refused


def canonical(line: bytes) -> dict[str, Any]:
    """The object in a line of canonical JSON: sorted keys, no key twice, no space, no fraction. Raises `Refused`."""
    try:
        value = json.loads(line, object_pairs_hook=unique, parse_constant=_refuse, parse_float=_refuse)
        again = plain(value)
    except (ValueError, UnicodeError) as error:
        raise Refused(f"a line is not canonical JSON: {error}") from None
    if again != line or not isinstance(value, dict):
        raise Refused("a line is not canonical JSON")
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object from its pairs; raises `Refused` for a key that stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a line has a key twice")
    return found


def _refuse(text: str) -> Any:
    raise Refused(f"a line holds {text}")


def plain(value: Any) -> bytes:
    """The canonical JSON of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
