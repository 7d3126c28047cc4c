"""What response headers say of rights: the few lines of them that are kept, as `header NAME: VALUE`."""

import json
import re
from collections.abc import Iterator
from typing import Any

_KEPT = frozenset(["x-robots-tag", "content-usage", "content-signal", "tdm-reservation", "tdm-policy"])
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]*))?)*)")
_PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))")
_RSL = "application/rsl+xml"
_LIMIT = 500  # code points of one value
_MOST = 50


def rights_headers(raw: str) -> str | None:
    """The lines of a JSON object of headers, or of header lines as they were received, that speak of rights; None where none does.

    Names are compared without case (RFC 9110); of `Link` (RFC 8288) the targets of rel=license are kept.
    """
    lines: dict[str, None] = {}
    for name, value in _fields(raw):
        kept = name.strip().lower()
        said = " ".join(value.split())[:_LIMIT]
        if kept in _KEPT:
            lines.setdefault(f"header {kept}: {said}")
        elif kept == "link":
            for where, target in _licences(value):
                lines.setdefault(f"header link {where}: {target[:_LIMIT]}")
    return "\n".join(list(lines)[:_MOST]) or None


def _fields(raw: str) -> Iterator[tuple[str, str]]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = [line.partition(":")[::2] for line in raw.splitlines() if ":" in line]
    yield from _pairs(found)


def _pairs(found: Any) -> Iterator[tuple[str, str]]:
    """Pairs out of an object of values or lists of them, or out of a list of pairs or of objects with a name and a value."""
    if isinstance(found, dict):
        found = [(name, each) for name, value in found.items() for each in (value if isinstance(value, list) else [value])]
    for pair in found if isinstance(found, list) else []:
        if isinstance(pair, dict):
            pair = (pair.get("name") or pair.get("key"), pair.get("value"))
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], (str, int)):
            yield pair[0], str(pair[1])


def _licences(value: str) -> Iterator[tuple[str, str]]:
    for target, parameters in _LINK.findall(value):
        said = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(parameters)}
        if "license" in said.get("rel", "").lower().split():
            yield "rsl" if said.get("type", "").lower() == _RSL else "rel=license", target
