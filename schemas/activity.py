"""The record of processing activities that the law asks of a controller (GDPR Art. 30 (1)), as far as a root can tell it."""

from datetime import datetime

from muniment.schemas.source import Record


class Activity(Record):
    """What is done with the documents of one source."""

    source: str
    contact: str  # its owner
    steward: str
    tenant: str
    classification: str
    status: str
    purposes: tuple[str, ...]  # what was made of it: search, models by their use, deliveries by theirs
    data: dict[str, int]  # type of personal data → documents in which it was found
    special: dict[str, int]  # special category → documents
    documents: int
    groups: tuple[str, ...]  # inside: who may read
    recipients: tuple[str, ...]  # outside: who was given a snapshot that holds it
    transfers: tuple[str, ...]  # recipient: country or organisation, and safeguard
    limits: tuple[str, ...]  # of time, by contract and registry


class Measure(Record):
    """A technical measure, as it is in force."""

    name: str
    on: bool
    detail: str


class Activities(Record):
    """The record over a whole root. What it cannot know stands under `missing`, and must be added by people."""

    made: datetime
    root_key: str  # which root: id of its keyring
    activities: tuple[Activity, ...]
    limits: dict[str, str]  # kind of thing → how long it is kept
    measures: tuple[Measure, ...]
    missing: tuple[str, ...]
