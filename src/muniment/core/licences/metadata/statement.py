"""What a metadata file says about a licence, before it is understood."""

from typing import NamedTuple


class Statement(NamedTuple):
    """One field: where it stands, the licences it names, how they relate (AND or OR), and what it binds."""

    field: str
    licences: tuple[str, ...]
    relation: str = "AND"
    scope: str = "project"


def statement(field: str, value: object, relation: str = "AND", scope: str = "project") -> list[Statement]:
    """The statement in a value as manifests have it: a text, a record with a name, type, identifier or address, or a list of these."""
    each = value if isinstance(value, list) else [value]
    licences = tuple(filter(None, map(_named, each)))
    return [Statement(field, licences, relation, scope)] if licences else []


def _named(value: object) -> str:
    if isinstance(value, dict):
        given = (value.get(key) for key in ("identifier", "spdx", "type", "name", "title", "text", "@id", "url", "path"))
        texts = [text for text in given if isinstance(text, str) and text.strip()]
        return " ".join([texts[0], *(text for text in texts[1:] if "://" in text)]) if texts else ""
    return value.strip() if isinstance(value, str) else ""
