"""What is read out of a file, whatever its format."""

from dataclasses import dataclass
from datetime import UTC, datetime

from muniment.errors import InvalidRecord


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of one document before it is normalised.

    `notices` is what speaks of rights, a statement a line, read before boilerplate was stripped; `modified` is in UTC;
    `transforms` names what was done, in order, as `step:library@version`.
    """

    text: str
    title: str | None = None
    notices: str | None = None
    modified: datetime | None = None
    transforms: tuple[str, ...] = ()


def utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC; one without a zone is taken to be in UTC. None where UTC cannot express it."""
    try:
        return moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError:
        return None


def one_line(text: str | None, limit: int = 300) -> str | None:
    """A title in one line of at most `limit` characters; None where nothing is left."""
    return " ".join((text or "").split())[:limit] or None


def truncated(kind: str) -> InvalidRecord:
    """The refusal of a file whose end is missing."""
    return InvalidRecord("TRUNCATED", f"The end of this {kind} is missing.", "Fetch it again from its origin.")
