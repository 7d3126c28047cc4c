"""Copies of a root: where they are, and what a copy says about itself."""

from datetime import datetime

from muniment.schemas.source import Record

ORIGIN = "backup.json"


class Origin(Record):
    """`backup.json` in a copy of a root: of which root it is, and whether it is whole."""

    backup: str  # id under which the root knows it
    root: str  # address of the root
    made: datetime | None = None  # when what it holds was read from the root; None: it was never made whole
    sequence: int = 0  # last entry of the ledger then


class Backup(Record):
    """`backups/<id>.json` in a root: a place that holds a copy of it."""

    id: str
    uri: str
    begun: datetime
    made: datetime | None = None  # when it was last made whole
    sequence: int = 0
    objects: int = 0
    bytes: int = 0
