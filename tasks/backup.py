"""Backups: copies of a root that an erasure reaches, and that come back without what was erased since."""

from datetime import datetime

from muniment.schemas.source import Record
from muniment.store.root import Root


class Backup(Record):
    """A place that holds a copy of this root. `reachable` is whether it could be read just now."""

    id: str
    uri: str
    reachable: bool
    made: datetime | None = None  # when it was last made whole; never: only begun


def registered(root: Root) -> list[Backup]:
    """Every backup that was ever begun from this root. It has the layout of a root: `open_root(each.uri)`."""
    return []
