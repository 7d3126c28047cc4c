"""What a connector gives: entries that it lists, and the items read out of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from muniment.errors import InvalidRecord
from muniment.schemas.source import Source


class Entry(NamedTuple):
    """A listed thing (a file, a blob, a mailbox, a table); its fingerprint changes when the upstream changes it. `size` in bytes."""

    key: str
    fingerprint: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """One document as fetched. `native_key` is the upstream's own name for it, `path` how it was retrieved; `modified` is in UTC."""

    native_key: str
    path: str
    media_type: str
    raw: bytes
    title: str | None = None
    modified: datetime | None = None
    project: str | None = None
    declared_licence: str | None = None
    acl: tuple[str, ...] | None = None
    headers: str | None = None  # response headers, a JSON object or lines as received


Reading = Item | InvalidRecord


class Connector(Protocol):
    """Reads one kind of source. `version` rises whenever the same upstream would give other items."""

    name: str
    version: str

    def __init__(self, source: Source) -> None: ...

    def list(self) -> Iterator[Entry]:
        """Entries that the source selects, sorted by key; raises `SourceUnavailable`."""
        ...

    def read(self, entry: Entry) -> Iterator[Reading]:
        """Items of one entry, and an `InvalidRecord` in the place of each that is refused; raises only `SourceUnavailable`
        and, where the source's own settings are wrong, `RegistryError`."""
        ...
