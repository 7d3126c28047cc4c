"""A steward's decision about one judgement."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record


class Decision(StrEnum):
    """What a steward can decide. `withdraw` takes an earlier approval back."""

    APPROVE = "approve"
    APPROVE_REDACTED = "approve-redacted"  # also admits documents held only for personal data, with all of it redacted
    REJECT = "reject"
    HOLD = "hold"
    WITHDRAW = "withdraw"


APPROVALS = (Decision.APPROVE, Decision.APPROVE_REDACTED)


class Review(Record):
    """The decision, bound to exactly one judgement. `identity` says how strongly the actor is known."""

    judgement: str
    decision: Decision
    reason: Annotated[str, Field(min_length=3, max_length=2000)]
    actor: Annotated[str, Field(min_length=1)]
    identity: str = "typed"  # typed, policy, proxy, api-key
    at: datetime


class Section(Record):
    """One table of an evidence pack."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Pack(Record):
    """What a steward reads before deciding: counts, reasons, masked samples and ids, never text."""

    judgement: str
    capture: str
    source: str
    lane: str
    headline: str
    sections: tuple[Section, ...]
