"""Copies of a root: where they are, and what a copy says about itself."""

from datetime import datetime

from muniment.schemas.source import Record

ORIGIN = "backup.json"


class Origin(Record):
    """`backup.json` in a copy of a root: of which root it is, and whether it is whole."""

    backup: str  # id under which the root knows it
    root: str  # address of the root
    key_id: str  # of the keyring that made the root's ids
    made: datetime | None = None  # when what it holds was read from the root; None: it was never made whole
    sequence: int = 0  # last entry of the ledger then
    keys: tuple[str, ...] = ()  # data keys that sealed what it holds


class Backup(Record):
    """`backups/<id>.json` in a root: a place that holds a copy of it, whole or begun."""

    id: str
    uri: str
    begun: datetime
    made: datetime | None = None  # when it was last made whole
    sequence: int = 0
    objects: int = 0  # that it holds
    copied: int = 0  # objects that were new the last time
    bytes: int = 0  # and their bytes
    forgotten: datetime | None = None  # destroyed, or lost for good: no erasure asks for it any more
    reason: str = ""


class Restoring(Record):
    """`restoring.json` in a root that is being restored: nothing there is shown yet."""

    backup: str  # address of the copy
    journal: str  # address of the root that knows what was erased since; empty: none
    because: str = ""  # why there is none
