"""Somebody outside who was given a snapshot, and must be told when something of it is erased (GDPR Art. 19, Art. 30 (1) d and e)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record, Slug


class Recipient(Record):
    """One snapshot in one recipient's hands."""

    name: Slug
    snapshot: str
    purpose: Annotated[str, Field(min_length=3, max_length=500)]
    contact: Annotated[str, Field(min_length=2, max_length=200)]  # a role or a shared address, no person
    transfer: str = ""  # the third country or organisation that it went to, and the safeguard; empty: none was registered
    actor: str
    at: datetime
